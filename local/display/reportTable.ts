import { stripVTControlCharacters } from "node:util";
import type { ExportReport, FileResult } from "../../functions/workflow.ts";
import { formatSize, formatSpeed } from "./size.ts";
import { statusWord } from "./statusWord.ts";
import { type Column, printable, table } from "./text.ts";

/** A terminal has a width; elsewhere tables are as wide as they are, and without colours. */
type Output = NodeJS.WritableStream & Partial<Pick<NodeJS.WriteStream, "isTTY" | "columns">>;

/** The end of an export for people: a table of its files, and where they are. Its error is the caller's to tell. */
export function reportTable(report: ExportReport, stream: Output): string {
  const lines: string[] = [];
  const bucket = report.files.find((file) => file.status !== "FAILED")?.bucket;
  if (bucket !== undefined) {
    lines.push(`bucket ${bucket}, item ${printable(`${report.library}/${report.item}`)}`);
  }
  if (report.manifest !== null) lines.push(`manifest ${printable(report.manifest.key)}`);
  return filesTable(report.files, stream) + lines.map((line) => `${line}\n`).join("");
}

/** What became of each file, and remarks where a checksum is not the ordinary one. Empty when there is none. */
export function filesTable(files: FileResult[], stream: Output): string {
  if (files.length === 0) return "";
  const rows = files.map((file) => [
    printable(file.name),
    statusWord(file.status, stream),
    file.size === null ? "" : formatSize(file.size),
    printable(file.checksum?.algorithm ?? ""),
    printable(file.checksum?.value ?? ""),
    file.bytesPerSecond === null ? "" : formatSpeed(file.bytesPerSecond),
    printable(file.status === "FAILED" ? "" : file.key),
  ]);
  const short = rows.map(shortenChecksum);
  const tables = [
    table(COLUMNS, rows),
    table(COLUMNS, short),
    // Where the files are is said by the manifest's key as well.
    table(
      COLUMNS.slice(0, -1),
      short.map((row) => row.slice(0, -1)),
    ),
  ];
  const width = (stream.isTTY && stream.columns) || Number.POSITIVE_INFINITY;
  const fits = (text: string) =>
    text.split("\n").every((line) => stripVTControlCharacters(line).length <= width);
  return [tables.find(fits) ?? tables.at(-1), ...files.flatMap(remarks)].map((line) => `${line}\n`).join("");
}

const COLUMNS: Column[] = [
  { title: "file" },
  { title: "status" },
  { title: "size", align: "right" },
  { title: "algorithm" },
  { title: "checksum" },
  { title: "speed", align: "right" },
  { title: "key" },
];
const CHECKSUM_COLUMN = COLUMNS.findIndex(({ title }) => title === "checksum");

function shortenChecksum(row: string[]): string[] {
  return row.map((cell, index) =>
    index === CHECKSUM_COLUMN && cell.length > 16 ? `${cell.slice(0, 12)}...` : cell,
  );
}

function remarks({ name, status, itemChecksumDiffers, checksum }: FileResult): string[] {
  const lines: string[] = [];
  if (itemChecksumDiffers) {
    lines.push(
      `${printable(name)}: the library lists another checksum for this disk than vCenter gives for the download, as it may when a disk is encoded anew; the download's was verified.`,
    );
  }
  if (status !== "FAILED" && checksum?.source === "computed") {
    lines.push(`${printable(name)}: vCenter gave no checksum; the recorded one is of the bytes received.`);
  }
  return lines;
}
