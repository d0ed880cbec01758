import { createHash } from "node:crypto";
import type { ExportReport, FileResult } from "../../functions/workflow.ts";
import { barsView } from "../../local/display/barsView.ts";
import { reportTable } from "../../local/display/reportTable.ts";
import { type Cell, Screen } from "./screen.ts";
import { terminalPicture } from "./terminalPicture.ts";

const GIB = 1024 ** 3;
const COMMAND = '$ npx library-export run "Golden Images/ubuntu-24.04" s3://my-archive/vsphere\n';

/** With the bytes a second that each is received at. */
const FILES = [
  { name: "disk-0.vmdk", size: 42.5 * GIB, bytesPerSecond: 112e6 },
  { name: "disk-1.vmdk", size: 18.2 * GIB, bytesPerSecond: 96e6 },
  { name: "ubuntu-24.04.nvram", size: 8684, bytesPerSecond: 1e6 },
  { name: "ubuntu-24.04.ovf", size: 9_214, bytesPerSecond: 1e6 },
];

/** The command line's progress as it looks in a terminal: while files are on their way, and at the end. */
export async function progressPicture(): Promise<string> {
  return terminalPicture("library-export run: while it runs, and at its end", [
    await afterSeconds(121),
    await atTheEnd(),
  ]);
}

async function afterSeconds(seconds: number): Promise<Cell[][]> {
  const screen = openScreen();
  screen.write(COMMAND);
  const clock = { time: 0, now: () => clock.time, sleep: () => new Promise<void>(() => {}) };
  const view = barsView(screen, clock);
  const files = FILES.map((file, index) => ({ ...file, index }));
  for (const { index, name } of files) view.changed({ index, name, phase: "PREPARING" });
  for (const { index, name } of files.slice(0, 3)) view.changed({ index, name, phase: "TRANSFERRING" });
  view.changed({ index: 2, name: "ubuntu-24.04.nvram", phase: "EXPORTED" });
  while (clock.time < seconds * 1000) {
    clock.time += 1000;
    for (const { index, name, size, bytesPerSecond } of files.slice(0, 2)) {
      // Each is drawn, because a moment passes.
      clock.time += 1;
      view.progressed({ index, name, bytes: (bytesPerSecond * clock.time) / 1000, totalBytes: size });
    }
  }
  view.changed({ index: 3, name: "ubuntu-24.04.ovf", phase: "PREPARING" });
  await screen.drawn();
  return screen.cells();
}

async function atTheEnd(): Promise<Cell[][]> {
  const screen = openScreen();
  screen.write(COMMAND);
  const view = barsView(screen, { now: () => 0, sleep: async () => {} });
  for (const index of [2, 3, 1, 0]) {
    view.changed({ index, name: FILES[index]?.name ?? "", phase: "EXPORTED" });
  }
  const report = reportOf(FILES.map(resultOf));
  view.ended(report);
  screen.write(reportTable(report, screen));
  await screen.drawn();
  return screen.cells();
}

function openScreen(): Screen {
  return new Screen({ columns: 92, rows: 24 });
}

function resultOf({ name, size, bytesPerSecond }: (typeof FILES)[number], index: number): FileResult {
  const value = createHash("sha256").update(name).digest("hex");
  return {
    index,
    name,
    status: "EXPORTED",
    bucket: "my-archive",
    key: `vsphere/Golden Images/ubuntu-24.04/${name}`,
    versionId: null,
    size,
    checksum: { algorithm: "SHA256", value, source: "session" },
    bytesPerSecond: size < GIB ? null : bytesPerSecond,
    error: null,
  };
}

function reportOf(files: FileResult[]): ExportReport {
  return {
    startedBy: null,
    vcenter: "vcenter.example.com",
    libraryItemId: "",
    library: "Golden Images",
    item: "ubuntu-24.04",
    contentVersion: "1",
    status: "EXPORTED",
    counts: { exported: files.length, unchanged: 0, failed: 0, bytes: 0 },
    manifest: { bucket: "my-archive", key: "vsphere/Golden Images/ubuntu-24.04/.export.json" },
    files,
    error: null,
  };
}
