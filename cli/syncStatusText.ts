import type { SyncStatus } from "../functions/executions/syncStatus.ts";
import type { ItemOutcome } from "../functions/sync/model.ts";
import { formatSize } from "../local/display/size.ts";
import { statusWord } from "../local/display/statusWord.ts";
import { countsText, itemsTable } from "../local/display/syncTable.ts";
import { printable } from "../local/display/text.ts";

/** A sync for people. Its error is the caller's to tell. */
export function syncStatusText(
  status: SyncStatus,
  items: ItemOutcome[],
  stream: NodeJS.WritableStream,
): string {
  const { id, state, library, startedAt, endedAt, index, report } = status;
  const lines = [
    `sync ${printable(id)}`,
    ...(library ? [`library ${printable(library.name)} of vCenter ${printable(library.vcenter)}`] : []),
    `${statusWord(state, stream)}, started ${startedAt}${endedAt ? `, ended ${endedAt}` : ""}`,
    ...itemsTable(items, stream),
    ...(library ? [progressText(status)] : []),
  ];
  if (index) lines.push(`index s3://${printable(`${index.bucket}/${index.key}`)}`);
  if (report) lines.push(`report s3://${printable(`${report.bucket}/${report.key}`)}`);
  return `${lines.join("\n")}\n`;
}

/** How far a sync is, in one line. */
export function progressText(status: SyncStatus): string {
  const { pages, exporting, counts, filesMoved, bytesMoved } = status;
  if (pages === null) return "listing the library";
  const many = pages.total > 1 ? [`${pages.done} of ${pages.total} pages done`] : [];
  const now = exporting ? [`${exporting.ended} of ${exporting.total} exports ended`] : [];
  const sums = countsText(counts);
  const moved = filesMoved === 0 ? [] : [`${filesMoved} files moved, ${formatSize(bytesMoved)}`];
  return [...many, ...now, ...(sums === "" ? [] : [sums]), ...moved].join("; ") || "planning";
}
