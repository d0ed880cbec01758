import type { ExportStatus, FileStatus } from "../functions/executions/status.ts";
import { formatSize, formatSpeed } from "../local/display/size.ts";
import { type Column, printable, table } from "../local/display/text.ts";

/** An export and its files, for people. Its error is the caller's to tell. */
export function statusText(status: ExportStatus): string {
  const { id, state, item, startedAt, endedAt, files, manifest } = status;
  const lines = [
    `export ${printable(id)}`,
    ...(item
      ? [`item ${printable(`${item.library}/${item.item}`)} of vCenter ${printable(item.vcenter)}`]
      : []),
    `${state.toLowerCase().replace("_", " ")}, started ${startedAt}${endedAt ? `, ended ${endedAt}` : ""}`,
    ...(status.totalBytes ? [overall(status)] : []),
  ];
  if (files.length > 0) lines.push(table(COLUMNS, files.map(row)));
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

function row({ name, status, bytes, totalBytes, bytesPerSecond, checksum, error }: FileStatus): string[] {
  return [
    printable(name),
    status.toLowerCase(),
    status === "UNCHANGED" || status === "PLANNED" ? "" : formatSize(bytes),
    totalBytes === null ? "" : formatSize(totalBytes),
    bytesPerSecond === null ? "" : formatSpeed(bytesPerSecond),
    printable(error?.name ?? (checksum ? `${checksum.algorithm} ${checksum.value}` : "")),
  ];
}
