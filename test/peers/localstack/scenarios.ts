import type { Json } from "../../../local/payload.ts";
import type { Answer, Answers } from "./path.ts";
import { recordAnswers } from "./recordAnswers.ts";

export interface Scenario {
  answers: Answers;
  /** States that are entered in this order, besides others: what the scenario is there for. */
  through: string[];
}

/** The workflow's paths, by what happens. Answers are the functions' own, where nothing is made to fail. */
export async function workflowScenarios(): Promise<Record<string, Scenario>> {
  const polled = await recordAnswers({
    behaviour: { prepare: [{ status: "PREPARING", polls: 2 }, { status: "PREPARED" }] },
  });
  const wrong = await recordAnswers({ behaviour: { wrongSessionChecksums: ["ubuntu.ovf"] } });
  const prepared: Answers = { ...polled, PrepareFile: last(polled.PrepareFile ?? []) };
  const good: Answers = { ...prepared, PrepareFile: last(polled.PollFile ?? []) };
  const failed = (changes: Answers): Answers => ({
    ...good,
    AbortFile: wrong.AbortFile ?? [],
    FinishItem: wrong.FinishItem ?? [],
    ...changes,
  });
  const resolved = (change: object) => changed(good.ResolveItem, ["item"], change);
  const planned = (...files: object[]) =>
    changed(good.ResolveItem, [], { maxConcurrency: 1 }).map((answer) => withFiles(answer, files));
  const [transferred] = good.TransferFile ?? [];
  if (transferred === undefined) throw new TypeError("the recorded export has transferred a file");
  const unfinished = changed([transferred], [], {
    done: false,
    cursor: { phase: "receiving" },
    result: null,
  });
  const tooLarge = fails("FileTooLargeForSource");

  return {
    "a file that is prepared at once": {
      answers: good,
      through: ["PrepareFile", "TransferFile", "CompleteFile", "FileExported"],
    },
    "a file that is prepared after a while": {
      answers: {
        ...prepared,
        PollFile: inASecond(polled.PollFile),
        PrepareFile: inASecond(polled.PrepareFile),
      },
      through: ["WaitForPreparation", "PollFile", "WaitForPreparation", "PollFile", "TransferFile"],
    },
    "a session that is gone before the transfer": {
      answers: { ...good, PrepareFile: changed(good.PrepareFile, [], { status: "SESSION_GONE" }) },
      through: ["PreparationStatus", "TransferFile", "FileExported"],
    },
    "a transfer of three invocations": {
      answers: { ...good, TransferFile: [...unfinished, ...unfinished, transferred] },
      through: [
        "TransferFile",
        "TransferDone",
        "TransferFile",
        "TransferDone",
        "TransferFile",
        "TransferDone",
      ],
    },
    "a file that a container moves": {
      answers: {
        ...good,
        ResolveItem: resolved({ containerRoute: true }),
        TransferFile: [tooLarge],
        TransferInContainer: [{ returns: {} }],
        ReadContainerResult: [transferred],
      },
      through: [
        "TransferFile",
        "ContainerRoute",
        "TransferInContainer",
        "ReadContainerResult",
        "CompleteFile",
      ],
    },
    "a container that fails": {
      answers: failed({
        ResolveItem: resolved({ containerRoute: true }),
        TransferFile: [tooLarge],
        TransferInContainer: [fails("States.TaskFailed")],
        ReadContainerResult: [fails("ChecksumMismatch")],
      }),
      through: ["TransferInContainer", "ReadContainerResult", "AbortFile", "FileFailed"],
    },
    "a file that fits no invocation, where there is no container": {
      answers: failed({ ResolveItem: resolved({ containerRoute: false }), TransferFile: [tooLarge] }),
      through: ["ContainerRoute", "AbortFile", "FileFailed", "FinishItem", "NotifyFailed", "ExportFailed"],
    },
    "a wrong checksum": {
      answers: failed({ TransferFile: wrong.TransferFile ?? [] }),
      through: ["TransferFile", "AbortFile", "FileFailed", "FinishItem", "NotifyFailed", "ExportFailed"],
    },
    "a refused log-in, which is not tried again": {
      answers: failed({ PrepareFile: [fails("LoginRefused")] }),
      through: ["PrepareFile", "AbortFile", "FileFailed"],
    },
    "a vCenter that is out of reach for a while": {
      answers: {
        ...good,
        PrepareFile: [
          fails("VcenterUnavailable"),
          fails("Lambda.TooManyRequestsException"),
          ...(good.PrepareFile ?? []),
        ],
      },
      through: ["PrepareFile", "PreparationStatus", "TransferFile", "FileExported"],
    },
    "a vCenter that stays out of reach": {
      answers: failed({ PrepareFile: Array.from({ length: 4 }, () => fails("VcenterUnavailable")) }),
      through: ["PrepareFile", "AbortFile", "FileFailed"],
    },
    "a clean-up that fails": {
      answers: failed({
        TransferFile: wrong.TransferFile ?? [],
        AbortFile: [fails("InternalError")],
      }),
      through: ["AbortFile", "FileFailed", "FinishItem", "ExportFailed"],
    },
    "an end of a file that fails, the file being exported": {
      answers: { ...good, CompleteFile: [fails("InternalError")] },
      through: ["CompleteFile", "FileExported", "ExportSucceeded"],
    },
    "an item that is not found": {
      answers: failed({ ResolveItem: [fails("ItemNotFound")] }),
      through: ["ResolveItem", "FinishItem", "NotifyFailed", "ExportFailed"],
    },
    "a dry run": {
      answers: { ...good, ResolveItem: resolved({ dryRun: true }) },
      through: ["DryRun", "FinishItem", "ExportSucceeded"],
    },
    "an unchanged file": {
      answers: { ...good, ResolveItem: planned({ action: "UNCHANGED", unchanged: { status: "UNCHANGED" } }) },
      through: ["FileAction", "FileUnchanged"],
    },
    "a file that must not be replaced": {
      answers: failed({
        ResolveItem: planned({
          action: "REFUSE",
          error: { name: "OverwriteRefused", message: "there is another object" },
        }),
      }),
      through: ["FileAction", "FileRefused", "ExportFailed"],
    },
    "one file of three that fails": {
      answers: failed({
        ResolveItem: planned({}, {}, {}),
        PrepareFile: repeated(good.PrepareFile, 3),
        TransferFile: [transferred, fails("ChecksumMismatch"), transferred],
        CompleteFile: repeated(good.CompleteFile, 2),
      }),
      through: ["FileExported", "AbortFile", "FileFailed", "FileExported", "FinishItem", "ExportFailed"],
    },
    "a report that cannot be made": {
      answers: { ...good, FinishItem: [fails("DestinationDenied")] },
      through: ["FinishItem", "StartedByExecution", "ReportFailure", "NotifyFailed", "ExportFailed"],
    },
    "an event that cannot be sent": {
      answers: {
        ...good,
        NotifySucceeded: Array.from({ length: 3 }, () => fails("EventBridge.InternalException")),
      },
      through: ["NotifySucceeded", "ExportSucceeded"],
    },
  };
}

function fails(error: string): Answer {
  return { fails: { error, cause: `made to fail with ${error}` } };
}

function last(answers: Answer[]): Answer[] {
  return answers.slice(-1);
}

function repeated(answers: Answer[] = [], times: number): Answer[] {
  return Array.from({ length: times }, () => answers).flat();
}

function inASecond(answers: Answer[] = []): Answer[] {
  return changed(answers, [], { waitSeconds: 1 });
}

/** Answers of a function with other fields in its payload, or in an object within. */
function changed(answers: Answer[] = [], within: string[], change: object): Answer[] {
  return answers.map((answer) => {
    if (!("returns" in answer)) return answer;
    const returns: Json = structuredClone(answer.returns);
    Object.assign(["Payload", ...within].reduce(field, returns) ?? {}, change);
    return { returns };
  });
}

/** The plan of one file made one of several, each with changes. */
function withFiles(answer: Answer, changes: object[]): Answer {
  if (!("returns" in answer)) return answer;
  const [file] = [field(field(answer.returns, "Payload"), "files")].flat();
  const files = changes.map((change, index) => ({ ...Object(file), index, ...change }));
  const [planned] = changed([answer], [], { files });
  return planned ?? answer;
}

function field(value: Json | undefined, name: string): Json | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return value[name];
}
