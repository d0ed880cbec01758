import { createHash } from "node:crypto";
import { BUCKET, type Workflow } from "../workflow/harness.ts";

/** What belongs to one export: the keys of its prefix, and the download sessions of its item. */
export interface Place {
  prefix: string;
  itemId: string;
}

/** Everything that an export opens and must close, as far as it is still there, but for log-ins, which name no export. */
export function leftoversOf({ vcenter, s3 }: Workflow, { prefix, itemId }: Place): string[] {
  const own = s3.objects(BUCKET).filter((key) => key.startsWith(`${prefix}.library-export/`));
  const uploads = s3.openUploads().filter(({ key }) => key.startsWith(prefix));
  const sessions = vcenter.openDownloadSessions().filter((session) => session.itemId === itemId);
  return [
    ...uploads.map(({ uploadId }) => {
      return s3.storedParts(uploadId).length > 0 ? "open upload" : UPLOAD_WITHOUT_PARTS;
    }),
    ...own.map((key) => (key.includes("/runs/") ? "run record" : "staging object")),
    ...sessions.map(() => "download session"),
  ];
}

/** Its id was in an answer that was lost, or in the memory of a process that was killed. Nobody pays for it. */
export const UPLOAD_WITHOUT_PARTS = "upload without parts";

/** What is under a final key and is not the file's own bytes with their checksum. */
export async function unverifiedIn(
  workflow: Workflow,
  { prefix }: Place,
  contents: ReadonlyMap<string, Buffer>,
): Promise<string[]> {
  const unverified: string[] = [];
  for (const key of workflow.keys().filter((key) => key.startsWith(prefix))) {
    const name = key.slice(key.lastIndexOf("/") + 1);
    const { body, metadata } = await workflow.object(key);
    if (name === ".export.json") continue;
    const digest = createHash(metadata["checksum-algorithm"] ?? "SHA256")
      .update(body)
      .digest("hex");
    if (contents.get(name)?.equals(body) !== true) unverified.push(`${key} holds other bytes`);
    else if (metadata.checksum !== digest) unverified.push(`${key} has another checksum`);
  }
  return unverified;
}
