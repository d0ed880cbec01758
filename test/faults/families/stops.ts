import type { Fault as S3Fault } from "../../../simulators/s3/index.ts";
import {
  ALWAYS,
  type Expectation,
  FAULTED,
  type Family,
  type Fault,
  type FunctionName,
  LARGE_BYTES,
  type Scenario,
} from "../scenario.ts";
import { exportedBefore, placeTaken } from "./earlierExports.ts";
import { refused } from "./invocations.ts";

const FINAL = /disk-0\.vmdk$/;
const STAGING = /\/staging\//;
const RECORD = /\/runs\/.*\/\d+\.json$/;

/** A file that is not prepared at once is polled. */
const POLLED = { given: { prepare: [{ status: "PREPARING", polls: 2 }, { status: "PREPARED" }] } };
/** A file whose transfer fails is cleaned up by AbortFile. */
const FAILING = { given: { wrongSessionChecksums: [FAULTED] } };
const LARGE = { bytes: LARGE_BYTES };
/** A file that fits no invocation is moved by a container. */
const HANDED_OVER = { handedOver: true };
/** FinishItem never comes to its end. */
const WITHOUT_REPORT: Partial<Fault> = {
  during: ["FinishItem"],
  around: refused("Lambda.ServiceException", ALWAYS),
};
const OF_A_SYNC = {
  AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: "arn:aws:states:eu-central-1:123456789012:execution:sync:1",
};
const UNCHANGED: Partial<Fault> = { during: ["ResolveItem"], around: exportedBefore };
const REFUSED: Partial<Fault> = { during: ["ResolveItem"], around: placeTaken };

const NONE_BEGUN: Expectation = { outcome: "Stopped", siblings: ["Stopped", "Stopped"] };
/** Stopped before the file was there, and before the next one was begun. */
const STOPPED: Expectation = { outcome: "Stopped", siblings: ["EXPORTED", "Stopped"] };
/** What is there at the stop, stays. */
const THERE: Expectation = { outcome: "EXPORTED", siblings: ["EXPORTED", "Stopped"] };
const ALL_THERE: Expectation = { outcome: "EXPORTED" };
/** As it had told before the stop. */
const FAILED: Expectation = { outcome: "ChecksumMismatch" };

/** A user stops the export, at any moment. */
export const stops: Family = {
  title: "Stops",
  about:
    "A user stops the execution. In a deployment that reaches no function that is running; the clean-up state machine " +
    "runs at once, and again when none can be running any more. On the command line Ctrl-C ends the functions. What " +
    "is exported by then stays.",
  scenarios: [
    at("TakeInput", NONE_BEGUN),
    at("ResolveItem", NONE_BEGUN),
    at("DryRun", NONE_BEGUN),
    at("ExportFiles", NONE_BEGUN),
    at("FileAction", STOPPED),
    at("PrepareFile", STOPPED),
    at("PreparationStatus", STOPPED),
    at("WaitForPreparation", STOPPED, POLLED),
    at("PollFile", STOPPED, POLLED),
    at("FileUnchanged", ALL_THERE, UNCHANGED),
    at("FileRefused", ALL_THERE, REFUSED),
    at("TransferFile", STOPPED),
    at("TransferDone", THERE),
    at("ContainerRoute", STOPPED, HANDED_OVER),
    at("TransferInContainer", STOPPED, HANDED_OVER),
    at("ReadContainerResult", THERE, HANDED_OVER),
    at("CompleteFile", THERE),
    at("FileExported", THERE),
    at("AbortFile", STOPPED, FAILING),
    at("FileFailed", STOPPED, FAILING),
    at("FinishItem", ALL_THERE),
    at("AllExported", ALL_THERE),
    at("NotifySucceeded", ALL_THERE),
    at("ExportSucceeded", ALL_THERE),
    at("StartedByExecution", ALL_THERE, WITHOUT_REPORT),
    at("TakeStarter", ALL_THERE, { ...WITHOUT_REPORT, input: OF_A_SYNC }),
    at("ReportFailure", ALL_THERE, WITHOUT_REPORT),
    at("NotifyFailed", FAILED, FAILING),
    at("ExportFailed", FAILED, FAILING),

    ...during("PrepareFile", "opens its download session", { operation: "PutObject", key: RECORD, nth: 2 }),
    ...during("PollFile", "polls", { operation: "HeadObject" }, STOPPED, POLLED),
    ...during("TransferFile", "begins", { operation: "GetObject", key: RECORD }),
    ...during("TransferFile", "opens its upload", { operation: "CreateMultipartUpload", key: STAGING }),
    ...during("TransferFile", "notes its upload", { operation: "PutObject", key: RECORD, nth: 2 }),
    ...during("TransferFile", "sends a part", { operation: "UploadPart", nth: 2 }),
    ...during("TransferFile", "completes the staging object", {
      operation: "CompleteMultipartUpload",
      key: STAGING,
    }),
    ...during("TransferFile", "opens the upload to the key", {
      operation: "CreateMultipartUpload",
      key: FINAL,
    }),
    ...during("TransferFile", "copies", { operation: "UploadPartCopy" }),
    ...during("TransferFile", "publishes", { operation: "CompleteMultipartUpload", key: FINAL }),
    ...during(
      "TransferFile",
      "deletes the staging object",
      { operation: "DeleteObject", key: STAGING },
      THERE,
    ),
    // The command line has no container.
    ...Object.entries({
      begins: [{ operation: "GetObject", key: RECORD }, STOPPED],
      "sends a part": [{ operation: "UploadPart", nth: 2 }, STOPPED],
      copies: [{ operation: "UploadPartCopy" }, STOPPED],
      publishes: [{ operation: "CompleteMultipartUpload", key: FINAL }, STOPPED],
      "deletes the staging object": [{ operation: "DeleteObject", key: STAGING }, THERE],
    } satisfies Record<string, [S3Fault, Expectation]>).map(([does, [request, expected]]) =>
      deployed("TransferInContainer", does, request, expected, HANDED_OVER),
    ),
    deployed("ReadContainerResult", "reads", { operation: "GetObject", key: RECORD }, THERE, HANDED_OVER),
    ...during("CompleteFile", "ends", { operation: "PutObject", key: RECORD }, THERE),
    ...during("AbortFile", "ends", { operation: "PutObject", key: RECORD }, STOPPED, FAILING),
    ...during("FinishItem", "writes the manifest", { operation: "PutObject" }, ALL_THERE),
  ],
};

/** In a deployment, when the execution enters a state. */
function at(state: string, expected: Expectation, fault: Partial<Fault> = {}): Scenario {
  return {
    name: `${state}: stopped when it is entered`,
    fault: { ...fault, deployed: { stopAt: state } },
    expect: expected,
  };
}

/** While a function's request to S3 waits: in a deployment, and by Ctrl-C. */
function during(...request: Parameters<typeof deployed>): Scenario[] {
  return [deployed(...request), onCommandLine(...request)];
}

function deployed(
  name: FunctionName,
  does: string,
  request: S3Fault,
  expected = STOPPED,
  fault: Partial<Fault> = {},
): Scenario {
  return {
    name: `${name}: stopped while it ${does}`,
    fault: {
      ...whileRuns(name, fault),
      deployed: {},
      s3: (scene) => [{ ...request, meanwhile: () => scene.stop() }],
    },
    expect: expected,
  };
}

function onCommandLine(
  name: FunctionName,
  does: string,
  request: S3Fault,
  expected = STOPPED,
  fault: Partial<Fault> = {},
): Scenario {
  return {
    name: `${name}: Ctrl-C while it ${does}`,
    fault: {
      ...whileRuns(name, fault),
      // It is over only when the request is: whoever holds the request must not wait for that.
      s3: (scene) => [{ ...request, meanwhile: async () => void scene.stop() }],
    },
    expect: expected,
  };
}

function whileRuns(name: FunctionName, fault: Partial<Fault>): Partial<Fault> {
  return { during: [name], ...(name === "TransferFile" && LARGE), ...fault };
}
