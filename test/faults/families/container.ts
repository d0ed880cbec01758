import type { Fault as S3Fault } from "../../../simulators/s3/index.ts";
import type { Fault as VcenterFault, VcenterSimulator } from "../../../simulators/vcenter/index.ts";
import {
  ALWAYS,
  type Expectation,
  type Family,
  type Fault,
  LARGE_BYTES,
  type Scenario,
} from "../scenario.ts";
import { containerResults } from "./containerResults.ts";
import {
  CRASHED,
  ended,
  givenUp,
  killedTask,
  NO_CAPACITY,
  notStarted,
  terminated,
} from "./containerTasks.ts";
import { passADay } from "./continuations.ts";
import { type Expected, expectationOf } from "./expectations.ts";
import { type Around, failure, overtaken, twice } from "./invocations.ts";

const FINAL = /disk-0\.vmdk$/;
const STAGING = /\/staging\//;
const RECORD = /\/runs\/.*\/\d+\.json$/;

/** A process takes seconds to start on a busy machine: minutes on the test's clock, in which nothing is to expire. */
const PATIENT = { given: { leaseSeconds: 36_000, loginIdleSeconds: 36_000 } };

const BEGIN: S3Fault = { operation: "GetObject", key: RECORD };
const SEND: S3Fault = { operation: "UploadPart", nth: 2 };
const COPY: S3Fault = { operation: "UploadPartCopy" };
const PUBLISH: S3Fault = { operation: "CompleteMultipartUpload", key: FINAL };
const PUBLISHED: S3Fault = { operation: "DeleteObject", key: STAGING };

const TIMED_OUT = failure("States.Timeout");

const LEFT_LOG_IN: Expectation = { outcome: "ContainerFailed", left: ["log-in"] };

/** Met by the task itself. */
const FROM_VCENTER: Record<string, [Expected, Fault]> = {
  "log-in refused": [
    {
      outcome: "LoginRefused",
      siblings: ["EXPORTED", "LoginRefused"],
      refusedLogIns: 1,
      left: ["download session"],
    },
    { vcenter: [{ on: "session.create", status: 401, times: ALWAYS }] },
  ],
  "503 once": ["EXPORTED", { vcenter: [{ on: "session.create", status: 503 }] }],
  "503 each time": [
    "VcenterUnavailable",
    { vcenter: [{ on: "session.create", status: 503, times: ALWAYS }] },
  ],
  "the download session is gone": ["EXPORTED", { vcenter: [{ on: "download-session.get", status: 404 }] }],
  "the download session ends in the middle": [
    "DownloadSessionLost",
    {
      vcenter: ({ workflow: { vcenter } }) => [midway({ meanwhile: () => endSessions(vcenter) })],
      behaviour: { onLeaseEnd: "reset" },
    },
  ],
  "the file is cut in the middle once": ["EXPORTED", { vcenter: [midway({ reset: true })] }],
  "the file is cut in the middle each time": [
    "TransferInterrupted",
    { vcenter: [midway({ reset: true, times: ALWAYS })] },
  ],
  "the file ends too soon": [
    "SizeMismatch",
    { vcenter: [midway({ endCleanly: true })], behaviour: { framing: "chunked" } },
  ],
  "a byte is another": ["ChecksumMismatch", { vcenter: [{ on: "data", corruptByteAt: 2_000_000 }] }],
};

const FROM_S3: Record<string, [Expected, S3Fault]> = {
  "the run record cannot be read": ["ContainerFailed", { ...BEGIN, status: 403, times: ALWAYS }],
  "SlowDown once": ["EXPORTED", { ...SEND, status: 503 }],
  "500 for a part each time": ["DestinationUnavailable", { ...SEND, status: 500, times: ALWAYS }],
  "403 for a part": ["DestinationDenied", { ...SEND, status: 403, times: ALWAYS }],
  "the upload is gone": ["DestinationChanged", { ...SEND, status: 404, code: "NoSuchUpload", times: ALWAYS }],
  "another writer was first": ["DestinationChanged", { ...PUBLISH, status: 412, times: ALWAYS }],
  "the answer to the publication is lost": ["EXPORTED", { ...PUBLISH, loseReply: true }],
};

/** What may become of a file that is handed over to a container, because it fits no invocation of a function. */
export const container: Family = {
  title: "The container route",
  about:
    "A file that fits no invocation of TransferFile is moved by a container, of which Step Functions learns nothing but " +
    "that it has ended: what became of the file is in its run record. A container that ends without a word there has " +
    "failed, unless what it published is there. One that is killed leaves its log-in, which vCenter ends when it has been idle for long enough.",
  scenarios: [
    task("start: refused by ECS twice", "EXPORTED", notStarted("ECS.AmazonECSException", "Rate exceeded", 2)),
    task(
      "start: refused by ECS each time",
      "ContainerFailed",
      notStarted("ECS.AmazonECSException", "Rate exceeded", ALWAYS),
    ),
    task(
      "start: RunTask lists failures twice",
      "EXPORTED",
      notStarted("AmazonECS.Unknown", "RESOURCE:ENI", 2),
    ),
    task(
      "start: RunTask lists failures each time",
      "ContainerFailed",
      notStarted("AmazonECS.Unknown", "RESOURCE:ENI", ALWAYS),
    ),
    task(
      "start: access denied",
      "ContainerFailed",
      notStarted("ECS.AccessDeniedException", "not authorized to perform: ecs:RunTask", ALWAYS),
    ),
    task("start: no capacity", "ContainerFailed", ended(NO_CAPACITY)),
    task("start: a day later", "EXPORTED", async ({ invoke }, scene) => {
      await passADay(scene);
      return invoke();
    }),

    task("end: the program crashes before it begins", "ContainerFailed", ended(CRASHED)),
    task("end: with success, and without a word", "ContainerFailed", async () => ({})),
    killed("before it begins", BEGIN, "ContainerFailed"),
    killed("in the middle of a part", SEND, LEFT_LOG_IN),
    killed("before it copies", COPY, LEFT_LOG_IN),
    killed("before it publishes", { ...PUBLISH, reset: true }, LEFT_LOG_IN),
    killed("after it has published", PUBLISHED, { outcome: "EXPORTED", left: ["log-in"] }),
    task("stop: before it begins", "ContainerFailed", terminated(BEGIN)),
    task("stop: in the middle of a part", "ContainerFailed", terminated(SEND)),
    task("stop: while it copies", "ContainerFailed", terminated(COPY)),
    task("stop: while it publishes", "ContainerFailed", terminated(PUBLISH)),
    task("stop: after it has published", "EXPORTED", terminated(PUBLISHED)),
    task(
      "time-out: in the middle of a part, and the task ends",
      "ContainerFailed",
      terminated(SEND, TIMED_OUT),
    ),
    task(
      "time-out: in the middle of a part, and the task goes on",
      "ContainerFailed",
      givenUp(SEND, TIMED_OUT),
    ),
    task(
      "time-out: while it publishes, and the task goes on",
      "ContainerFailed",
      givenUp(PUBLISH, TIMED_OUT),
    ),

    task("twice: one task after the other", "EXPORTED", twice("one after the other")),
    task("twice: two tasks at once", "EXPORTED", twice("at once")),
    ...Object.entries({ "sends a part": SEND, copies: COPY, publishes: PUBLISH }).map(([when, at]) =>
      task(`twice: another task while the first ${when}`, "EXPORTED", overtaken(at)),
    ),

    ...Object.entries(FROM_VCENTER).map(([what, [expected, fault]]) =>
      scenario(`vCenter: ${what}`, expected, fault),
    ),
    ...Object.entries(FROM_S3).map(([what, [expected, fault]]) =>
      scenario(`S3: ${what}`, expected, { s3: [fault] }),
    ),
    scenario("S3: what became of the file cannot be written", "EXPORTED", {
      s3: ({ workflow }) => [
        {
          ...PUBLISHED,
          meanwhile: async () =>
            void workflow.s3.faults.push({ operation: "PutObject", key: RECORD, status: 403, times: ALWAYS }),
        },
      ],
    }),
    ...containerResults,
  ],
};

function task(name: string, expected: Expected, around: Around): Scenario {
  return scenario(name, expected, { around });
}

function killed(when: string, at: S3Fault, expected: Expected): Scenario {
  return scenario(`end: killed ${when}`, expected, { ...PATIENT, around: killedTask(at) });
}

function scenario(name: string, expected: Expected, fault: Fault): Scenario {
  return {
    name,
    fault: { handedOver: true, during: ["TransferInContainer"], ...fault },
    expect: expectationOf(expected),
  };
}

function midway(happens: Omit<VcenterFault, "on">): VcenterFault {
  return { on: "data", afterBytes: LARGE_BYTES / 2, ...happens };
}

function endSessions(vcenter: VcenterSimulator): void {
  for (const { id } of vcenter.openDownloadSessions()) vcenter.expireDownloadSession(id);
}
