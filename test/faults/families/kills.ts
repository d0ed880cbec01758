import type { Fault as S3Fault } from "../../../simulators/s3/index.ts";
import type { Behaviour } from "../../../simulators/vcenter/index.ts";
import {
  ALWAYS,
  type Expectation,
  FAULTED,
  type Fault,
  type FunctionName,
  LARGE_BYTES,
  type Scenario,
} from "../scenario.ts";
import { failure, killed } from "./invocations.ts";

const FINAL = /disk-0\.vmdk$/;
const STAGING = /\/staging\//;
const RECORD = /\/runs\/.*\/\d+\.json$/;

/** A process takes seconds to start on a busy machine: minutes on the test's clock, in which nothing is to expire. */
const PATIENT: Partial<Behaviour> = { leaseSeconds: 36_000, loginIdleSeconds: 36_000 };
/** A file whose checksum is known up front goes straight to its key. */
const DIRECT = { given: { itemChecksum: "SHA1" as const } };
/** A file whose transfer fails is cleaned up by AbortFile. */
const FAILING = { given: { wrongSessionChecksums: [FAULTED] } };

/** A killed function never logs out. */
const EXPORTED: Expectation = { outcome: "EXPORTED", left: ["log-in"] };
/** It was not logged in yet, or not any more. */
const WITHOUT_LOG_IN: Expectation = { outcome: "EXPORTED" };
/** The id of an upload died with the function. */
const WITH_UPLOAD: Expectation = { outcome: "EXPORTED", left: ["upload without parts", "log-in"] };
const FAILED: Expectation = { outcome: "ChecksumMismatch" };

const MID_PART: S3Fault = { operation: "UploadPart", nth: 2 };

/** A function's process is killed while its request to S3 waits, and the state machine tries again. */
export const kills: Scenario[] = [
  kill("PrepareFile", "before it knows its download session", record(3), EXPORTED),
  kill("TransferFile", "before it begins", { operation: "GetObject", key: RECORD }, WITHOUT_LOG_IN),
  kill("TransferFile", "before it notes its upload", record(2), EXPORTED),
  kill("TransferFile", "in the middle of a part", MID_PART, EXPORTED),
  kill(
    "TransferFile",
    "before it learns of its upload to the key",
    { operation: "CreateMultipartUpload", key: FINAL },
    WITH_UPLOAD,
  ),
  kill("TransferFile", "before it notes its upload to the key", record(2), WITH_UPLOAD, DIRECT),
  kill("TransferFile", "before it copies", { operation: "UploadPartCopy" }, EXPORTED),
  kill("TransferFile", "before it publishes", { operation: "CompleteMultipartUpload", key: FINAL }, EXPORTED),
  kill("TransferFile", "after it has published", { operation: "DeleteObject", key: STAGING }, EXPORTED),
  kill("CompleteFile", "before it ends", record(1), WITHOUT_LOG_IN),
  kill("AbortFile", "before it ends", record(1), FAILED, FAILING),
  kill("FinishItem", "before it writes the manifest", { operation: "PutObject" }, WITHOUT_LOG_IN),

  ...["Lambda.Unknown", "Sandbox.Timedout", "States.Timeout"].map((error) =>
    kill("TransferFile", `in the middle of a part, as ${error}`, MID_PART, EXPORTED, {
      around: killed(MID_PART, failure(error)),
    }),
  ),
  kill(
    "TransferFile",
    "by its memory limit, each time",
    MID_PART,
    { outcome: "Runtime.ExitError", left: ["log-in", "log-in"] },
    { around: killed(MID_PART, failure("Runtime.ExitError"), ALWAYS) },
  ),
  kill("AbortFile", "each time", { operation: "GetObject", key: RECORD }, FAILED, {
    ...FAILING,
    around: killed({ operation: "GetObject", key: RECORD }, failure("Runtime.ExitError"), ALWAYS),
  }),
];

function kill(
  name: FunctionName,
  when: string,
  at: S3Fault,
  expected: Expectation,
  fault: Partial<Fault> = {},
): Scenario {
  return {
    name: `${name}: killed ${when}`,
    fault: {
      during: [name],
      ...(name === "TransferFile" && { bytes: LARGE_BYTES }),
      around: killed(at),
      ...fault,
      given: { ...PATIENT, ...fault.given },
    },
    expect: expected,
  };
}

/** The nth time that the function writes the file's run record. */
function record(nth: number): S3Fault {
  return { operation: "PutObject", key: RECORD, nth };
}
