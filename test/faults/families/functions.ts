import type { Fault as S3Fault } from "../../../simulators/s3/index.ts";
import {
  FAULTED,
  type Family,
  type Fault,
  type FunctionName,
  LARGE_BYTES,
  type Scenario,
} from "../scenario.ts";
import { before, outOfTime, passADay } from "./continuations.ts";
import { type Around, overtaken, refused, twice } from "./invocations.ts";
import { kills } from "./kills.ts";

const FINAL = /disk-0\.vmdk$/;
const STAGING = /\/staging\//;

/** A file that is not prepared at once is polled. */
const POLLED = { given: { prepare: [{ status: "PREPARING", polls: 2 }, { status: "PREPARED" }] } };
/** A file whose transfer fails is cleaned up by AbortFile. */
const FAILING = { given: { wrongSessionChecksums: [FAULTED] } };
const LARGE = { bytes: LARGE_BYTES };

/** What makes the workflow call each function, and what becomes of the file then if nothing else happens. */
const CALLED: [FunctionName, Partial<Fault>, string][] = [
  ["ResolveItem", {}, "EXPORTED"],
  ["PrepareFile", {}, "EXPORTED"],
  ["PollFile", POLLED, "EXPORTED"],
  ["TransferFile", LARGE, "EXPORTED"],
  ["CompleteFile", {}, "EXPORTED"],
  ["AbortFile", FAILING, "ChecksumMismatch"],
  ["FinishItem", {}, "EXPORTED"],
];

/** What may become of the invocation of any function. */
const INVOCATIONS: Record<string, Around> = {
  "Lambda.ServiceException three times": refused("Lambda.ServiceException", 3),
  "Lambda.TooManyRequestsException three times": refused("Lambda.TooManyRequestsException", 3),
  "its answer is lost, and it is started again": twice("one after the other"),
  "started twice at once": twice("at once"),
};

const aDayLater: Around = async ({ invoke }, scene) => {
  await passADay(scene);
  return invoke();
};

/** What becomes of a function, rather than of what it asks for. */
export const functions: Family = {
  title: "The functions",
  about:
    "What becomes of a function's invocation. A killed one runs in a process of its own, which ends in the middle, as " +
    "where it runs out of memory; Lambda says Runtime.ExitError then. A log-in that is left behind is that of a killed " +
    "function: vCenter ends it when it has been idle for long enough. An upload without parts, whose id died with the " +
    "function, costs nothing: the bucket's lifecycle rule ends it.",
  scenarios: [
    ...CALLED.flatMap(([name, fault, outcome]) =>
      Object.entries(INVOCATIONS).map(
        ([what, around]): Scenario => ({
          name: `${name}: ${what}`,
          fault: { during: [name], ...fault, around },
          expect: { outcome },
        }),
      ),
    ),
    ...kills,

    ...Object.entries({
      "sends a part": { operation: "UploadPart", nth: 2 },
      "completes the staging object": { operation: "CompleteMultipartUpload", key: STAGING },
      copies: { operation: "UploadPartCopy" },
      publishes: { operation: "CompleteMultipartUpload", key: FINAL },
    } satisfies Record<string, S3Fault>).map(
      ([when, at]): Scenario => ({
        name: `TransferFile: started again while the first still ${when}`,
        fault: { during: ["TransferFile"], ...LARGE, around: overtaken(at) },
        expect: { outcome: "EXPORTED" },
      }),
    ),

    {
      name: "TransferFile: out of time after each part",
      fault: { during: ["TransferFile"], ...LARGE, around: outOfTime },
      expect: { outcome: "EXPORTED" },
    },
    {
      name: "TransferFile: no time for a part",
      fault: {
        during: ["TransferFile"],
        ...LARGE,
        around: ({ invoke }) => invoke({ services: { remainingMilliseconds: () => 14_000 } }),
      },
      expect: { outcome: "DeadlineTooShort" },
    },
    {
      name: "TransferFile: too little time for an endpoint that cannot resume",
      fault: {
        during: ["TransferFile"],
        ...LARGE,
        behaviour: { ranges: false, bytesPerSecond: 8_000_000 },
        around: outOfTime,
      },
      expect: { outcome: "FileTooLargeForSource" },
    },

    {
      name: "TransferFile: begins a day after the file was prepared",
      fault: { during: ["TransferFile"], ...LARGE, around: aDayLater },
      expect: { outcome: "EXPORTED" },
    },
    ...(["receiving", "copying"] as const).map(
      (phase): Scenario => ({
        name: `TransferFile: goes on a day later, ${phase}`,
        fault: {
          during: ["TransferFile"],
          ...LARGE,
          around: before(phase, async (_invocation, scene) => passADay(scene)),
        },
        expect: { outcome: "EXPORTED" },
      }),
    ),
    ...(["CompleteFile", "AbortFile"] as const).map(
      (name): Scenario => ({
        name: `${name}: begins a day later`,
        fault: {
          during: [name],
          ...(name === "AbortFile" && FAILING),
          around: aDayLater,
        },
        expect: { outcome: name === "AbortFile" ? "ChecksumMismatch" : "EXPORTED" },
      }),
    ),
    {
      name: "TransferFile: goes on after a part was lost",
      fault: {
        during: ["TransferFile"],
        ...LARGE,
        around: before("receiving", async (_invocation, { workflow: { s3 } }) => {
          for (const { uploadId } of s3.openUploads()) s3.losePart(uploadId, 1);
        }),
      },
      expect: { outcome: "EXPORTED" },
    },
  ],
};
