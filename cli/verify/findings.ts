import type { Manifest, ManifestFile } from "../../functions/catalog/manifest.ts";
import type { Difference } from "../../functions/catalog/verify.ts";
import { formatSize } from "../../local/display/size.ts";
import { jsonLine, paint, printable } from "../../local/display/text.ts";
import type { VcenterDifference } from "./compareWithVcenter.ts";

export interface FoundDifference {
  kind: Difference["kind"] | VcenterDifference["kind"];
  message: string;
}

export interface FileFinding extends Pick<ManifestFile, "name" | "key" | "size" | "checksum"> {
  differences: FoundDifference[];
}

export interface ItemFinding {
  /** Of the manifest. */
  key: string;
  /** Absent where it cannot be read. */
  manifest?: Manifest;
  files?: FileFinding[];
  /** Of the item as a whole. */
  differences: FoundDifference[];
}

export interface Totals {
  items: number;
  files: number;
  /** Of the files that are as they were recorded. */
  bytes: number;
  differences: number;
}

/** Shows what was found, item by item, and keeps count. */
export interface Findings {
  item(finding: ItemFinding): void;
  end(rehashed: boolean): Totals;
}

/** One JSON object per line for programs (`item` and `file`, the last is `report`), sentences for people. */
export function chooseFindings(json: boolean, stdout: NodeJS.WritableStream): Findings {
  const totals: Totals = { items: 0, files: 0, bytes: 0, differences: 0 };
  return {
    item(finding) {
      const { files = [], differences } = finding;
      const good = files.filter((file) => file.differences.length === 0);
      totals.items += 1;
      totals.files += files.length;
      totals.bytes += good.reduce((sum, { size }) => sum + size, 0);
      totals.differences += differences.length;
      for (const file of files) totals.differences += file.differences.length;
      stdout.write(json ? itemJson(finding) : itemText(finding, stdout));
    },
    end(rehashed) {
      stdout.write(json ? jsonLine({ event: "report", rehashed, ...totals }) : endText(totals, rehashed));
      return totals;
    },
  };
}

function itemJson({ key, manifest, files = [], differences }: ItemFinding): string {
  const item = manifest && {
    vcenter: manifest.vcenter,
    libraryItemId: manifest.libraryItemId,
    library: manifest.library.name,
    item: manifest.item.name,
    contentVersion: manifest.contentVersion,
  };
  const lines = files.map((file) =>
    jsonLine({ event: "file", libraryItemId: manifest?.libraryItemId, ...file }),
  );
  return jsonLine({ event: "item", manifest: key, ...item, differences }) + lines.join("");
}

function itemText(
  { key, manifest, files = [], differences }: ItemFinding,
  stdout: NodeJS.WritableStream,
): string {
  const name = manifest ? `${manifest.library.name}/${manifest.item.name}` : key;
  const wrong = [
    ...differences,
    ...files.flatMap((file) =>
      file.differences.map(({ kind, message }) => ({ kind, message: `"${file.name}": ${message}` })),
    ),
  ];
  const mark = wrong.length === 0 ? paint("green", "✓", stdout) : paint("red", "✗", stdout);
  const lines = [
    `${mark} ${printable(name)}: ${count(files.length, "file")}`,
    ...wrong.map(({ kind, message }) => `    ${paint("red", kind, stdout)} ${printable(message)}`),
  ];
  return lines.map((text) => `${text}\n`).join("");
}

function endText({ items, files, bytes, differences }: Totals, rehashed: boolean): string {
  const how = rehashed ? "each read again, " : "";
  const found = differences === 0 ? "nothing differs" : count(differences, "difference");
  return `${count(files, "file")} of ${count(items, "item")}, ${how}${formatSize(bytes)} as recorded: ${found}\n`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
