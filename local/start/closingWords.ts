import { createHash } from "node:crypto";
import { join } from "node:path";
import type { FileResult } from "../../functions/workflow.ts";
import { printable } from "../display/text.ts";

export interface Ending {
  bucket: string;
  output: string;
  files: FileResult[];
  ownLibrary?: string;
}

/** What was shown, and where to look further, once everything is exported. */
export function closingWords({ bucket, output, files, ownLibrary }: Ending): string {
  const example = files.toSorted((a, b) => (a.size ?? 0) - (b.size ?? 0))[0];
  if (example === undefined) return "";
  const unchanged = files.every(({ status }) => status === "UNCHANGED");
  const origin =
    ownLibrary === undefined ? "it calculated of what it sent" : `it calculated of the file in ${ownLibrary}`;
  const lines = [
    "",
    files.length === 1
      ? "One object, read back from S3: its checksum is the one that vCenter reported, which"
      : `${files.length} objects, each read back from S3: their checksums are those that vCenter reported, which`,
    `${origin}.`,
    ...(unchanged
      ? [
          "",
          `Nothing was moved, because all of it was there already. To see it move again: rm -r ${quoted(output)}`,
        ]
      : []),
    "",
    "The objects are files, in the folder of the bucket:",
    `  ls -lR ${quoted(join(output, bucket))}`,
    `An object with its metadata (${printable(example.key)}):`,
    `  cat ${quoted(recordPath(output, bucket, example.key))}`,
    ...(ownLibrary === undefined
      ? ["Your own files:", "  npm start -- --library FOLDER --output FOLDER"]
      : []),
    "",
  ];
  return lines.join("\n");
}

/** Where the S3 simulator keeps what it knows of a key. */
function recordPath(output: string, bucket: string, key: string): string {
  return join(output, ".s3", bucket, "records", `${createHash("sha256").update(key).digest("hex")}.json`);
}

/** One word for a POSIX shell. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
