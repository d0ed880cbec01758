import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as errors from "../../functions/errors.ts";
import { withoutPauses } from "../faults/s3Retries.ts";
import { startWorkflow, type Workflow } from "../workflow/harness.ts";
import { type Footprint, footprint } from "./footprint.ts";
import { exportOnce, type Item, type Seen } from "./journey.ts";
import { printSoak } from "./print.ts";
import { milliseconds, seed, sideBySide } from "./settings.ts";

const MiB = 1024 ** 2;
/** Of each item, between two times at which nothing runs. */
const EXPORTS_A_ROUND = 3;
/** Rounds in which caches, pools and compiled code come to their size. */
const WARM_UP_ROUNDS = 2;
const MIN_ROUNDS = 2;

const items: Item[] = Array.from({ length: sideBySide }, (_, index) => ({
  name: `item-${index}`,
  files: new Map([
    [`disk-${index}.vmdk`, randomBytes(5 * MiB + 40_000)],
    [`boot-${index}.iso`, randomBytes(30_000)],
    [`item-${index}.ovf`, randomBytes(2_000)],
  ]),
}));

let workflow: Workflow;
const seen: Seen[] = [];
/** After each round, from the last one of the warm-up on. */
const footprints: Footprint[] = [];
/** What was open after each round, whoever had opened it. */
const openAtQuiet: string[] = [];
/** Node's: of files that only a collection closed, which would hide them from the count, and of too many listeners. */
const warnings: string[] = [];
const warned = ({ message }: Error) => void warnings.push(message);

beforeAll(async () => {
  process.on("warning", warned);
  const libraryFiles = items.map(({ name, files }) => ({
    name,
    type: "other",
    files: [...files].map(([name, content]) => ({ name, content })),
  }));
  workflow = await startWorkflow({ libraries: [{ name: "Golden images", items: libraryFiles }] });
  await withoutPauses(workflow.s3Client);
  // A bundle would be put beside the system's authorities.
  Object.assign(await workflow.services.profile("lab"), { thumbprint: workflow.vcenter.thumbprintSha256 });
  const startedAt = Date.now();
  for (
    let round = 1;
    round <= WARM_UP_ROUNDS + MIN_ROUNDS || Date.now() - startedAt < milliseconds;
    round += 1
  ) {
    const before = seen.length;
    await Promise.all(items.map((item) => exportSeveralTimes(item)));
    const kills = seen.slice(before).reduce((sum, one) => sum + one.kills, 0);
    openAtQuiet.push(...takeWhatIsOpen(workflow, kills));
    forgetHistory(workflow);
    if (round >= WARM_UP_ROUNDS) footprints.push(await footprint());
  }
});
afterAll(async () => {
  printSoak({ seed, sideBySide, seen, footprints });
  await workflow?.[Symbol.asyncDispose]();
  process.off("warning", warned);
});

let numbers = 0;

async function exportSeveralTimes(item: Item): Promise<void> {
  for (let time = 0; time < EXPORTS_A_ROUND; time += 1) {
    numbers += 1;
    seen.push(await exportOnce(workflow, item, numbers, seed));
  }
}

/** @param kills processes that were killed, each of which may have left its log-in to end by itself */
function takeWhatIsOpen({ vcenter, s3, keys }: Workflow, kills: number): string[] {
  const logIns = vcenter.openLogins().map(() => "log-in");
  vcenter.expireLogins();
  return [
    ...logIns.slice(kills),
    ...vcenter.openDownloadSessions().map(() => "download session"),
    ...s3.openUploads().map(({ key }) => `upload of ${key}`),
    ...keys(),
  ];
}

/** The simulators' own, and the idle connections, which are as many as the busiest moment needed. */
function forgetHistory({ vcenter, s3, s3Client }: Workflow): void {
  vcenter.requests.length = 0;
  vcenter.transfers.length = 0;
  s3.requests.length = 0;
  s3Client.destroy();
}

describe("many exports side by side, for each of which something goes wrong,", () => {
  test("end with a named error, or succeed", () => {
    const known = new Set([
      ...Object.keys(errors),
      "EXPORTED",
      "Lambda.Unknown",
      "Lambda.TooManyRequestsException",
      "Runtime.ExitError",
    ]);
    known.delete("InternalError");
    expect(seen.filter(({ outcome }) => !known.has(outcome))).toEqual([]);
  });

  test("leave nothing unverified under a final key, and nothing open", () => {
    expect(seen.filter(({ violations }) => violations.length > 0)).toEqual([]);
    expect(openAtQuiet).toEqual([]);
  });

  test("succeed, some of them, and fail, some of them", () => {
    const succeeded = seen.filter(({ outcome }) => outcome === "EXPORTED").length;
    expect(succeeded).toBeGreaterThan(0);
    expect(succeeded).toBeLessThan(seen.length);
  });
});

describe("when nothing runs any more, the process holds", () => {
  const grown = (of: (footprint: Footprint) => number | undefined) => {
    const [first, ...later] = footprints;
    const last = later.at(-1);
    if (first === undefined || last === undefined) throw new Error("nothing was measured");
    return (of(last) ?? 0) - (of(first) ?? 0);
  };
  const exportsSince = () => seen.length - WARM_UP_ROUNDS * EXPORTS_A_ROUND * sideBySide;

  test("no more objects than at first", () => {
    // The engine's own comes and goes, and the simulators remember something of each export.
    expect(grown(({ heap }) => heap)).toBeLessThan(3 * MiB + 15_000 * exportsSince());
  });

  test("no more buffers", () => {
    expect(grown(({ buffers }) => buffers)).toBeLessThan(5 * MiB);
  });

  test("no more sockets, files, threads or timers", () => {
    for (const of of [
      ({ sockets }: Footprint) => sockets,
      ({ otherResources }: Footprint) => otherResources,
      ({ fileDescriptors }: Footprint) => fileDescriptors,
      ({ threads }: Footprint) => threads,
    ]) {
      expect(grown(of)).toBeLessThanOrEqual(0);
    }
    expect(warnings).toEqual([]);
  });
});
