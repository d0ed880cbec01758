import type { ExportReport, FileResult } from "../../functions/workflow.ts";
import { formatSize, formatSpeed } from "./size.ts";
import { printable, printableLines, table } from "./text.ts";

/** The end of an export for people: a table of the files, where they are, and why any of them failed. */
export function reportTable(report: ExportReport, stream: NodeJS.WriteStream): string {
  const rows = report.files.map((file) => [
    printable(file.name),
    file.status.toLowerCase(),
    file.size === null ? "" : formatSize(file.size),
    file.checksum === null ? "" : printable(file.checksum.algorithm),
    file.checksum === null ? "" : printable(file.checksum.value),
    file.bytesPerSecond === null ? "" : formatSpeed(file.bytesPerSecond),
    printable(file.status === "FAILED" ? "" : file.key),
  ]);
  const columns = ["file", "status", "size", "algorithm", "checksum", "speed", "key"];
  const full = table(toColumns(columns), rows);
  const width = stream.isTTY ? stream.columns : Number.POSITIVE_INFINITY;
  const fits = full.split("\n").every((line) => line.length <= width);
  const shortened = rows.map((row) => row.map((cell, column) => (column === 4 ? shorten(cell) : cell)));
  const lines = report.files.length === 0 ? [] : [fits ? full : table(toColumns(columns), shortened)];

  const bucket = report.files.find((file) => file.status !== "FAILED")?.bucket;
  if (bucket !== undefined)
    lines.push(`bucket ${bucket}, item ${printable(`${report.library}/${report.item}`)}`);
  if (report.manifest !== null) lines.push(`manifest ${printable(report.manifest.key)}`);
  lines.push(...report.files.flatMap(remarks));
  return lines.map((line) => `${line}\n`).join("");
}

function toColumns(titles: string[]) {
  return titles.map(
    (title) => ({ title, align: title === "size" || title === "speed" ? "right" : "left" }) as const,
  );
}

function shorten(checksum: string): string {
  return checksum.length > 16 ? `${checksum.slice(0, 12)}...` : checksum;
}

function remarks(file: FileResult): string[] {
  const name = printable(file.name);
  const lines: string[] = [];
  if (file.error !== null) lines.push(`${name}: ${file.error.name}: ${printableLines(file.error.message)}`);
  if (file.itemChecksumDiffers) {
    lines.push(
      `${name}: the library's own checksum of this disk differs from that of the download, as it may when vCenter encodes a disk anew; the download's was verified.`,
    );
  }
  if (file.status !== "FAILED" && file.checksum?.source === "computed") {
    lines.push(`${name}: vCenter gave no checksum; the one recorded was computed from the bytes received.`);
  }
  return lines;
}
