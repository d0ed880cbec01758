import type { ItemOutcome } from "../../functions/sync/model.ts";
import type { SyncReport } from "../../functions/sync/report.ts";
import { formatSize } from "./size.ts";
import { statusWord, words } from "./statusWord.ts";
import { printable, table } from "./text.ts";

/** The end of a sync for people: its items, and the sums. */
export function syncTable(report: SyncReport, items: ItemOutcome[], stream: NodeJS.WritableStream): string {
  const lines = itemsTable(items, stream);
  lines.push(`library ${printable(report.library)}: ${countsText(report.counts) || "no items"}`);
  if (report.status !== "PLANNED")
    lines.push(`${report.filesMoved} files moved, ${formatSize(report.bytesMoved)}`);
  if (report.index !== null) lines.push(`index ${printable(report.index.key)}`);
  if (report.report !== null) lines.push(`report ${printable(report.report.key)}`);
  return lines.map((line) => `${line}\n`).join("");
}

/** A table of the items that something was done with, or can be; nothing where there is none. */
export function itemsTable(items: ItemOutcome[], stream: NodeJS.WritableStream): string[] {
  const told = items
    .filter(({ status, filesRetired }) => !QUIET.has(status) || filesRetired > 0)
    .sort((a, b) => a.item.localeCompare(b.item, "en", { numeric: true }));
  const rows = told.map(({ item, action, status, filesMoved, bytesMoved, filesRetired, error }) => [
    printable(item),
    words(action),
    statusWord(status, stream) + (filesRetired === 0 ? "" : `, ${filesRetired} gone`),
    filesMoved === 0 ? "" : String(filesMoved),
    filesMoved === 0 ? "" : formatSize(bytesMoved),
    printable(error?.name ?? ""),
  ]);
  return rows.length === 0 ? [] : [table(COLUMNS, rows)];
}

/** How many items became what: `2 exported, 1 failed`. */
export function countsText(counts: SyncReport["counts"]): string {
  const counted = Object.entries(counts).filter(([, count]) => count > 0);
  return counted.map(([status, count]) => `${count} ${words(status)}`).join(", ");
}

/** What becomes of most items, every time. */
const QUIET = new Set<ItemOutcome["status"]>(["UNCHANGED", "KEPT", "MARKED"]);

const COLUMNS = [
  { title: "item" },
  { title: "plan" },
  { title: "status" },
  { title: "files", align: "right" as const },
  { title: "size", align: "right" as const },
  { title: "error" },
];
