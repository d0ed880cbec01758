import type { Fault as S3Fault } from "../../../simulators/s3/index.ts";
import {
  ALWAYS,
  FAULTED,
  type Family,
  type Fault,
  type FunctionName,
  LARGE_BYTES,
  type Scenario,
} from "../scenario.ts";
import { before, outOfTime, passADay } from "./continuations.ts";
import { type Around, killed, overtaken, refused, twice } from "./invocations.ts";

const FINAL = /disk-0\.vmdk$/;
const STAGING = /\/staging\//;
const RECORD = /\/runs\/.*\/\d+\.json$/;

/** A file that is not prepared at once is polled. */
const POLLED = { given: { prepare: [{ status: "PREPARING", polls: 2 }, { status: "PREPARED" }] } };
/** A file whose transfer fails is cleaned up by AbortFile. */
const FAILING = { given: { wrongSessionChecksums: [FAULTED] } };
const LARGE = { bytes: LARGE_BYTES };
const DIRECT = { ...LARGE, given: { itemChecksum: "SHA1" as const } };

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

/** A killed function never logs out: vCenter ends its log-in when it has been idle for long enough. */
const LEFT_LOG_IN = ["log-in"];
/** Nobody pays for it, and it might be another export's: it is left to the bucket's lifecycle rule. */
const LEFT_UPLOAD = ["upload without parts", ...LEFT_LOG_IN];

const aDayLater: Around = async ({ invoke }, scene) => {
  await passADay(scene);
  return invoke();
};

/** What becomes of a function, rather than of what it asks for. */
export const functions: Family = {
  title: "The functions",
  about:
    "What becomes of a function's invocation. A killed one runs in a process of its own, which ends in the middle. A " +
    "log-in that is left behind is that of a killed function: vCenter ends it when it has been idle for long enough. " +
    "An upload without parts, whose id died with the function, costs nothing: the bucket's lifecycle rule ends it.",
  scenarios: [
    ...["Lambda.ServiceException", "Lambda.TooManyRequestsException"].flatMap((error) =>
      each(`${error}, three times`, refused(error, 3)),
    ),
    ...each("an answer lost, and started again", twice("one after the other")),
    ...each("started twice at once", twice("at once")),

    kill("PrepareFile", "before it knows its download session", {
      operation: "PutObject",
      key: RECORD,
      nth: 3,
    }),
    kill("TransferFile", "before it begins", { operation: "GetObject", key: RECORD }, { left: [] }),
    kill("TransferFile", "in the middle of a part", { operation: "UploadPart", nth: 2 }),
    kill("TransferFile", "before it notes its upload", { operation: "PutObject", key: RECORD, nth: 2 }),
    kill("TransferFile", "before it copies", { operation: "UploadPartCopy" }),
    kill("TransferFile", "before it publishes", { operation: "CompleteMultipartUpload", key: FINAL }),
    kill("TransferFile", "after it has published", { operation: "DeleteObject", key: STAGING }),
    kill(
      "TransferFile",
      "before it learns of its upload to the key",
      { operation: "CreateMultipartUpload", key: FINAL },
      { left: LEFT_UPLOAD },
    ),
    kill(
      "TransferFile",
      "before it notes its upload to the key",
      { operation: "PutObject", key: RECORD, nth: 2 },
      { ...DIRECT, left: LEFT_UPLOAD },
    ),
    kill("CompleteFile", "before it ends", { operation: "PutObject", key: RECORD }, { left: [] }),
    kill(
      "AbortFile",
      "before it ends",
      { operation: "PutObject", key: RECORD },
      { ...FAILING, outcome: "ChecksumMismatch", left: [] },
    ),
    kill("FinishItem", "before it writes the manifest", { operation: "PutObject" }, { left: [] }),
    ...["Lambda.Unknown", "Sandbox.Timedout", "States.Timeout"].map(
      (error): Scenario => ({
        name: `TransferFile: ${error} in the middle of a part`,
        fault: {
          during: ["TransferFile"],
          ...LARGE,
          around: killed({ operation: "UploadPart", nth: 2 }, error),
        },
        expect: { outcome: "EXPORTED", left: LEFT_LOG_IN },
      }),
    ),
    {
      name: "TransferFile: out of memory, each time",
      fault: {
        during: ["TransferFile"],
        ...LARGE,
        around: killed({ operation: "UploadPart", nth: 2 }, "Runtime.ExitError", ALWAYS),
      },
      expect: { outcome: "Runtime.ExitError", left: [...LEFT_LOG_IN, ...LEFT_LOG_IN] },
    },
    {
      name: "AbortFile: killed each time",
      fault: {
        during: ["AbortFile"],
        ...FAILING,
        around: killed({ operation: "GetObject", key: RECORD }, "Runtime.ExitError", ALWAYS),
      },
      expect: { outcome: "ChecksumMismatch" },
    },

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

function each(what: string, around: Around): Scenario[] {
  return CALLED.map(([name, fault, outcome]) => ({
    name: `${name}: ${what}`,
    fault: { during: [name], ...fault, around },
    expect: { outcome },
  }));
}

function kill(
  name: FunctionName,
  when: string,
  at: S3Fault,
  {
    outcome = "EXPORTED",
    left = LEFT_LOG_IN,
    ...fault
  }: Partial<Fault> & { outcome?: string; left?: string[] } = {},
): Scenario {
  return {
    name: `${name}: killed ${when}`,
    fault: { during: [name], ...(name === "TransferFile" && LARGE), ...fault, around: killed(at) },
    expect: { outcome, left },
  };
}
