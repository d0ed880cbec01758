import type { Fault as S3Fault } from "../../simulators/s3/index.ts";
import type { Fault as VcenterFault } from "../../simulators/vcenter/index.ts";
import type { Random } from "./random.ts";

/** What goes wrong for one export. */
export interface Disturbances {
  /** Those of vCenter's API meet whichever export asks next, those of bytes this export's files. */
  vcenter: VcenterFault[];
  /** They meet the requests for this export's keys. */
  s3: S3Fault[];
  end: Ending;
  /** What becomes of invocations of functions, in their order. */
  invocations: Invocation[];
  /** Whether TransferFile has little time, so that files go on from cursors. */
  shortOfTime: boolean;
}

/**
 * `by itself`: nobody stops it. `stopped`: as by Ctrl-C, at an event of its state machine. `cut off`: as by
 * StopExecution, which reaches no function, after which the clean-up state machine runs.
 */
export type Ending = { how: "by itself" } | { how: "stopped" | "cut off"; atEvent: number };

/**
 * `lost`: it does its work, and Step Functions sees an error. `twice`: two of them run side by side. With a number it
 * runs in a process of its own, which is killed after so many milliseconds.
 */
export type Invocation = "good" | "refused" | "lost" | "twice" | { killedAfter: number };

/** Milliseconds: long enough for a process to start and to get into the middle of a file. */
const LONGEST_LIFE = 2500;

const S3_OPERATIONS = [
  "PutObject",
  "GetObject",
  "HeadObject",
  "CreateMultipartUpload",
  "UploadPart",
  "UploadPartCopy",
  "CompleteMultipartUpload",
  "AbortMultipartUpload",
  "DeleteObject",
  "ListParts",
  "ListObjectsV2",
  "*",
];

/**
 * Without those by which vCenter would lie of what is to be removed: that a session is gone which is not, or that a
 * log-in was not made, or ended, that is open. Nobody can remove what is said not to be there.
 */
const VCENTER_OPERATIONS = [
  { on: "session.create", spoils: false, denies: false },
  { on: "item.get", spoils: true, denies: true },
  { on: "item-file.list", spoils: true, denies: true },
  { on: "download-session.create", spoils: true, denies: false },
  { on: "download-session.get", spoils: true, denies: false },
  { on: "download-session.keep-alive", spoils: true, denies: false },
  { on: "download-session.delete", spoils: true, denies: false },
  { on: "download-session-file.get", spoils: true, denies: true },
  { on: "download-session-file.prepare", spoils: true, denies: true },
] as const;

export function disturbancesOf(random: Random, prefix: string, fileNames: string[]): Disturbances {
  const several = <T>(one: () => T): T[] =>
    Array.from({ length: random.happens(0.5) ? 0 : 1 + random.below(3) }, one);
  return {
    vcenter: several(() => vcenterFault(random, fileNames)),
    s3: several(() => s3Fault(random, prefix)),
    end: ending(random),
    invocations: Array.from({ length: 12 }, () => invocation(random)),
    shortOfTime: random.happens(0.3),
  };
}

/** S3 does not say either that something is gone which is not. */
function s3Fault(random: Random, prefix: string): S3Fault {
  const effects: Omit<S3Fault, "operation">[] = [
    { status: 500 },
    { status: 503 },
    { status: 403 },
    { status: 409 },
    { status: 412 },
    { reset: true },
    { loseReply: true },
  ];
  const operation = random.oneOf(S3_OPERATIONS);
  // The others never answer 200 with an error.
  if (operation === "CompleteMultipartUpload" || operation === "UploadPartCopy") {
    effects.push({ errorBodyWith200: true });
  }
  return {
    operation,
    key: new RegExp(`^${prefix}`),
    nth: 1 + random.below(4),
    times: random.oneOf([1, 1, 2, 6]),
    ...random.oneOf(effects),
  };
}

function vcenterFault(random: Random, fileNames: string[]): VcenterFault {
  const times = random.oneOf([1, 1, 2, 6]);
  const skip = random.below(3);
  if (random.happens(0.5)) {
    const afterBytes = random.below(5_000_000);
    const effects: Partial<VcenterFault>[] = [
      { reset: true, afterBytes },
      { endCleanly: true, afterBytes },
      { corruptByteAt: random.below(2000) },
      { extraBytes: 1 + random.below(1000) },
      { ignoreRange: true },
      { status: 500 },
      { status: 404 },
      { headers: { etag: '"another"' } },
    ];
    return { on: "data", fileName: random.oneOf(fileNames), times, ...random.oneOf(effects) };
  }
  const { on, spoils, denies } = random.oneOf(VCENTER_OPERATIONS);
  const effects: Partial<VcenterFault>[] = [
    { status: 429 },
    { status: 500 },
    { status: 503 },
    { reset: true },
    ...(denies ? [{ status: 401 }, { status: 403 }, { status: 404 }] : []),
    ...(spoils ? (["html", "truncated", "wrong-types", "empty"] as const).map((answer) => ({ answer })) : []),
  ];
  return { on, times, skip, ...random.oneOf(effects) };
}

function ending(random: Random): Ending {
  if (random.happens(0.6)) return { how: "by itself" };
  return { how: random.oneOf(["stopped", "cut off"] as const), atEvent: 1 + random.below(60) };
}

function invocation(random: Random): Invocation {
  if (random.happens(0.01)) return { killedAfter: random.below(LONGEST_LIFE) };
  return random.happens(0.9) ? "good" : random.oneOf(["refused", "lost", "twice"] as const);
}
