import { setImmediate } from "node:timers/promises";
import { beforeEach, expect, test } from "vitest";
import { Screen } from "../../../docs/pages/screen.ts";
import type { Clock } from "../../../functions/clock.ts";
import { barsView } from "../../../local/display/barsView.ts";
import type { ExportView } from "../../../local/display/view.ts";

/** A clock that stands still until it is set: what waits for a time goes on when it has come. */
class HandClock implements Clock {
  #time = 0;
  readonly #waiting: { until: number; wake: () => void }[] = [];

  now = () => this.#time;

  sleep(milliseconds: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ until: this.#time + milliseconds, wake: resolve });
    return promise;
  }

  async pass(milliseconds: number): Promise<void> {
    this.#time += milliseconds;
    for (const { until, wake } of this.#waiting) if (until <= this.#time) wake();
    await setImmediate();
  }
}

const MIB = 1024 ** 2;
const disks = [0, 1].map((index) => ({ index, name: `disk-${index}.vmdk` }));

let screen: Screen;
let clock: HandClock;
let view: ExportView;

beforeEach(() => {
  screen = new Screen({ columns: 80, rows: 12 });
  clock = new HandClock();
  view = barsView(screen, clock);
});

async function lines(): Promise<string[]> {
  await screen.drawn();
  return screen.lines();
}

test("each file on its way has a bar with its progress and its speed, which moves in its place", async () => {
  for (const disk of disks) view.changed({ ...disk, phase: "TRANSFERRING" });
  for (const seconds of [1, 2, 3]) {
    await clock.pass(1000);
    for (const disk of disks) {
      view.progressed({ ...disk, bytes: seconds * 10 * MIB * (disk.index + 1), totalBytes: 120 * MIB });
    }
    await clock.pass(100);
  }
  expect(await lines()).toEqual([
    "██████░░░░░░░░░░░░░░░░░░  25%  30.0 MiB  9.09 MiB/s  disk-0.vmdk",
    "████████████░░░░░░░░░░░░  50%  60.0 MiB  18.2 MiB/s  disk-1.vmdk",
  ]);
});

test("the last progress of several that come at once is seen, although nothing comes for long", async () => {
  for (const disk of disks) view.changed({ ...disk, phase: "TRANSFERRING" });
  for (const disk of disks) view.progressed({ ...disk, bytes: 60 * MIB, totalBytes: 120 * MIB });
  await clock.pass(100);
  expect(await lines()).toEqual([
    expect.stringMatching(/ 50% +60\.0 MiB .*disk-0\.vmdk$/),
    expect.stringMatching(/ 50% +60\.0 MiB .*disk-1\.vmdk$/),
  ]);
});

test("a file that has ended stands above the bars, and nothing is left of the bars at the end", async () => {
  for (const disk of disks) view.changed({ ...disk, phase: "TRANSFERRING" });
  view.changed({ index: 1, name: "disk-1.vmdk", phase: "EXPORTED" });
  expect(await lines()).toEqual(["✓ disk-1.vmdk exported", expect.stringMatching(/disk-0\.vmdk$/)]);
  view.progressed({ index: 0, name: "disk-0.vmdk", bytes: MIB, totalBytes: 2 * MIB });
  view.changed({ index: 0, name: "disk-0.vmdk", phase: "FAILED", reason: "ChecksumMismatch" });
  view.closed();
  // Whatever waited to be drawn is not drawn any more.
  await clock.pass(1000);
  expect(await lines()).toEqual(["✓ disk-1.vmdk exported", "✗ disk-0.vmdk failed: ChecksumMismatch"]);
});
