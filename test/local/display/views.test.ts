import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import type { Clock } from "../../../functions/clock.ts";
import type { ExportReport } from "../../../functions/workflow.ts";
import { jsonView } from "../../../local/display/jsonView.ts";
import { linesView } from "../../../local/display/linesView.ts";

class FakeClock implements Clock {
  time = Date.UTC(2026, 0, 1);
  now = () => this.time;
  async sleep(milliseconds: number): Promise<void> {
    this.time += milliseconds;
  }
}

const report: ExportReport = {
  startedBy: null,
  vcenter: "lab",
  libraryItemId: "an-id",
  library: "lib",
  item: "item",
  contentVersion: "1",
  status: "FAILED",
  counts: { exported: 0, unchanged: 0, failed: 0, bytes: 0 },
  manifest: null,
  files: [],
  error: { name: "ItemChanged", message: "It was changed." },
};

const file = { index: 0, name: "disk-0.vmdk" };

async function lines(stdout: PassThrough): Promise<string[]> {
  stdout.end();
  return (await text(stdout)).trimEnd().split("\n");
}

test("every line for programs is a JSON object, and the last is the report", async () => {
  const stdout = new PassThrough();
  const view = jsonView(stdout, new FakeClock());
  view.changed({ ...file, phase: "TRANSFERRING" });
  view.progressed({ ...file, bytes: 10, totalBytes: undefined });
  view.changed({ ...file, phase: "FAILED", reason: "ItemChanged" });
  view.ended(report);
  expect((await lines(stdout)).map((line) => JSON.parse(line))).toEqual([
    { event: "state", time: "2026-01-01T00:00:00.000Z", ...file, phase: "TRANSFERRING" },
    { event: "progress", time: "2026-01-01T00:00:00.000Z", ...file, bytes: 10, totalBytes: null },
    { event: "state", time: "2026-01-01T00:00:00.000Z", ...file, phase: "FAILED", reason: "ItemChanged" },
    { event: "report", ...report },
  ]);
});

test("programs are told a file's progress at most once a second", async () => {
  const stdout = new PassThrough();
  const clock = new FakeClock();
  const view = jsonView(stdout, clock);
  for (let step = 0; step <= 30; step++) {
    view.progressed({ ...file, bytes: step, totalBytes: 30 });
    await clock.sleep(100);
  }
  expect((await lines(stdout)).map((line) => JSON.parse(line).bytes)).toEqual([0, 10, 20, 30]);
});

test("a log gets a line at each change, and progress no more than every five seconds", async () => {
  const stdout = new PassThrough();
  const clock = new FakeClock();
  const view = linesView(stdout, clock);
  view.changed({ ...file, phase: "TRANSFERRING" });
  for (let step = 0; step <= 10; step++) {
    view.progressed({ ...file, bytes: step * 10_485_760, totalBytes: 104_857_600 });
    await clock.sleep(1000);
  }
  view.changed({ ...file, phase: "EXPORTED" });
  expect(await lines(stdout)).toEqual([
    "disk-0.vmdk: transferring",
    "disk-0.vmdk: 50.0 MiB of 100 MiB (50 %), 10.0 MiB/s",
    "disk-0.vmdk: 100 MiB of 100 MiB (100 %), 10.0 MiB/s",
    "disk-0.vmdk: exported",
  ]);
});

test("a file name cannot steer the terminal", async () => {
  const stdout = new PassThrough();
  linesView(stdout, new FakeClock()).changed({
    index: 0,
    name: "\u001b[2Jx\ny",
    phase: "FAILED",
    reason: "\u0007",
  });
  expect(await lines(stdout)).toEqual(["\\u{1b}[2Jx\\u{a}y: failed: \\u{7}"]);
});
