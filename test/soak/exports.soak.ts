import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as errors from "../../functions/errors.ts";
import { withoutPauses } from "../faults/s3Retries.ts";
import { startWorkflow, type Workflow } from "../workflow/harness.ts";
import { type Footprint, footprint } from "./footprint.ts";
import { exportOnce, type Item } from "./journey.ts";
import { printSoak } from "./print.ts";
import { milliseconds, seed, sideBySide } from "./settings.ts";
import { Tally } from "./tally.ts";

const KiB = 1024;
const MiB = 1024 ** 2;
/** Of each item, between two times at which nothing runs. */
const EXPORTS_A_ROUND = 3;
/** Rounds in which caches, pools and compiled code come to their size. */
const WARM_UP_ROUNDS = 2;
const MIN_ROUNDS = 3;

const items: Item[] = Array.from({ length: sideBySide }, (_, index) => ({
  name: `item-${index}`,
  files: new Map([
    [`disk-${index}.vmdk`, randomBytes(5 * MiB + 40_000)],
    [`boot-${index}.iso`, randomBytes(30_000)],
    [`item-${index}.ovf`, randomBytes(2_000)],
  ]),
}));

let workflow: Workflow;
const tally = new Tally(knownOutcomes());
/** After each round, from the last one of the warm-up on. */
const footprints: Footprint[] = [];
/** What was open after each round, whoever had opened it. */
const openAtQuiet: string[] = [];
/** Node's: of files that only a collection closed, which would hide them from the count, and of too many listeners. */
const warnings: string[] = [];
const warned = ({ name, message }: Error) => {
  // Counting objects is.
  if (name !== "ExperimentalWarning") warnings.push(message);
};

beforeAll(async () => {
  process.on("warning", warned);
  // Vitest keeps the source map of each module that a stack trace names.
  Error.stackTraceLimit = 0;
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
    const { kills } = tally;
    await Promise.all(items.map((item) => exportSeveralTimes(item)));
    openAtQuiet.push(...takeWhatIsOpen(workflow, tally.kills - kills));
    forgetHistory(workflow);
    if (round >= WARM_UP_ROUNDS) footprints.push(await footprint());
  }
});
afterAll(async () => {
  printSoak({ seed, sideBySide, tally, footprints });
  await workflow?.[Symbol.asyncDispose]();
  process.off("warning", warned);
});

let numbers = 0;

async function exportSeveralTimes(item: Item): Promise<void> {
  for (let time = 0; time < EXPORTS_A_ROUND; time += 1) {
    numbers += 1;
    tally.add(await exportOnce(workflow, item, numbers, seed));
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
  vcenter.forgetHistory();
  s3.forgetHistory();
  s3Client.destroy();
}

/** The names of all errors but the one that is a mistake of ours, and what Lambda says. */
function knownOutcomes(): Set<string> {
  const known = new Set([
    ...Object.keys(errors),
    "EXPORTED",
    "Lambda.Unknown",
    "Lambda.TooManyRequestsException",
    "Runtime.ExitError",
  ]);
  known.delete("InternalError");
  return known;
}

describe("many exports side by side, for each of which something goes wrong,", () => {
  test("end with a named error, or succeed, and leave nothing open, nor anything unverified under a final key", () => {
    expect(tally.wrong).toEqual([]);
    expect(openAtQuiet).toEqual([]);
  });

  test("succeed, some of them, and fail, some of them", () => {
    const succeeded = tally.outcomes.of("EXPORTED");
    expect(succeeded).toBeGreaterThan(0);
    expect(succeeded).toBeLessThan(tally.journeys);
  });
});

describe("when nothing runs any more, the process holds", () => {
  /** From the first time to the last: from one to the next, a first use of something is more than what leaks. */
  const growth = (of: (footprint: Footprint) => number | undefined) => {
    const measures = footprints.map((footprint) => of(footprint) ?? 0);
    return (measures.at(-1) ?? 0) - (measures[0] ?? 0);
  };
  const exportsMeasured = () => EXPORTS_A_ROUND * sideBySide * (footprints.length - 1);

  test("no more objects, but for those of first uses", () => {
    expect(growth(({ objects }) => objects)).toBeLessThan(600 + exportsMeasured() / 10);
  });

  test("no more memory: not 1 KiB for an export, and little that is code", () => {
    for (const of of [({ heap }: Footprint) => heap, ({ buffers }: Footprint) => buffers]) {
      expect(growth(of)).toBeLessThan(MiB + KiB * exportsMeasured());
    }
  });

  test("no more sockets, files, threads or timers", () => {
    for (const of of [
      ({ sockets }: Footprint) => sockets,
      ({ otherResources }: Footprint) => otherResources,
      ({ fileDescriptors }: Footprint) => fileDescriptors,
      ({ threads }: Footprint) => threads,
    ]) {
      expect(growth(of)).toBeLessThanOrEqual(0);
    }
    expect(warnings).toEqual([]);
  });
});
