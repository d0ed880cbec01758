import type { ExportStatus, FileStatus } from "../functions/executions/status.ts";
import { formatSize, formatSpeed } from "../local/display/size.ts";
import { statusWord } from "../local/display/statusWord.ts";
import { type Column, printable, table } from "../local/display/text.ts";

/** An export and its files, for people. Its error is the caller's to tell. */
export function statusText(status: ExportStatus, stream: NodeJS.WritableStream): string {
  const { id, state, item, startedAt, endedAt, files, manifest } = status;
  const lines = [
    `export ${printable(id)}`,
    ...(item
      ? [`item ${printable(`${item.library}/${item.item}`)} of vCenter ${printable(item.vcenter)}`]
      : []),
    `${statusWord(state, stream)}, started ${startedAt}${endedAt ? `, ended ${endedAt}` : ""}`,
    ...(status.totalBytes ? [overall(status)] : []),
  ];
  if (files.length > 0)
    lines.push(
      table(
        COLUMNS,
        files.map((file) => row(file, stream)),
      ),
    );
  if (manifest) lines.push(`manifest s3://${printable(`${manifest.bucket}/${manifest.key}`)}`);
  return `${lines.join("\n")}\n`;
}

const COLUMNS: Column[] = [
  { title: "file" },
  { title: "status" },
  { title: "received", align: "right" },
  { title: "of", align: "right" },
  { title: "speed", align: "right" },
  { title: "checksum or error" },
];

function overall({ bytes, totalBytes, bytesPerSecond }: ExportStatus): string {
  const percent = totalBytes ? ` (${Math.floor((100 * bytes) / totalBytes)} %)` : "";
  const speed = bytesPerSecond === null ? "" : `, ${formatSpeed(bytesPerSecond)}`;
  return `${formatSize(bytes)} of ${formatSize(totalBytes ?? 0)}${percent}${speed}`;
}

function row(file: FileStatus, stream: NodeJS.WritableStream): string[] {
  const { name, status, bytes, totalBytes, bytesPerSecond, checksum, error } = file;
  return [
    printable(name),
    statusWord(status, stream),
    status === "UNCHANGED" || status === "PLANNED" ? "" : formatSize(bytes),
    totalBytes === null ? "" : formatSize(totalBytes),
    bytesPerSecond === null ? "" : formatSpeed(bytesPerSecond),
    printable(error?.name ?? (checksum ? `${checksum.algorithm} ${checksum.value}` : "")),
  ];
}
