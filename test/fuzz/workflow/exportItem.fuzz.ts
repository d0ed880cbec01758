import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as errors from "../../../functions/errors.ts";
import { reportSchema } from "../../../functions/export/events.ts";
import { parseInput } from "../../../functions/input.ts";
import { type ExecutionEvent, startExport } from "../../../local/engine.ts";
import { BUCKET, startWorkflow, type Workflow } from "../../workflow/harness.ts";
import { share } from "../settings.ts";
import { anyText } from "../text.ts";
import { exportState, report, time } from "../workflowData.ts";

let workflow: Workflow;
beforeAll(async () => {
  workflow = await startWorkflow();
});
afterAll(() => workflow?.[Symbol.asyncDispose]());

/** What a function does when it is called: it returns, or throws an error of that name. */
type Step = { returns: unknown } | { throws: string };

const returning = (values: fc.Arbitrary<unknown>): fc.Arbitrary<Step> =>
  values.map((value) => ({ returns: value }));
/** Errors of this program, of Lambda's and of anybody's; `States.*` is the service's own. */
const throwing: fc.Arbitrary<Step> = fc
  .oneof(
    fc.constantFrom(...Object.keys(errors)),
    fc.constantFrom("FileTooLargeForSource", "Lambda.ServiceException", "Sandbox.Timedout", "TypeError"),
    anyText.filter((name) => !name.startsWith("States.")),
  )
  .map((name) => ({ throws: name }));
const steps = (values: fc.Arbitrary<unknown>) =>
  fc.array(fc.oneof(returning(values), throwing), { maxLength: 4 });

const session = fc.record({
  downloadSessionId: anyText,
  status: fc.oneof(fc.constantFrom("PREPARED", "SESSION_GONE", "PREPARING", "UNPREPARED"), anyText),
  waitSeconds: fc.nat({ max: 60 }),
  deadline: time,
});
const result = report.map(({ files: [file] }) => file ?? null);
const transfer = fc.oneof(
  fc.record({ done: fc.constant(false), cursor: fc.jsonValue(), result: fc.constant(null) }),
  fc.record({ done: fc.constant(true), cursor: fc.constant(null), result }),
);
const failure = fc.record({ name: anyText, message: anyText });

/** What happens in an export: after these steps, every function does what it should. */
const course = fc.record({
  resolved: exportState.map(({ resolved }) => resolved).filter((resolved) => resolved !== null),
  ResolveItem: fc.array(throwing, { maxLength: 2 }),
  PrepareFile: steps(session),
  PollFile: steps(session),
  TransferFile: steps(transfer),
  TransferInContainer: steps(fc.constant(null)),
  ReadContainerResult: steps(transfer),
  CompleteFile: steps(fc.constant(null)),
  AbortFile: steps(failure),
  FinishItem: fc.array(throwing, { maxLength: 2 }),
});

/** A function that takes its steps in turn, and returns `last` from then on. */
function scripted(steps: Step[], last: unknown) {
  const left = [...steps];
  return async () => {
    const step = left.shift() ?? { returns: last };
    if ("throws" in step) throw Object.assign(new Error("for the test"), { name: step.throws });
    return JSON.parse(JSON.stringify(step.returns));
  };
}

const PREPARED = {
  downloadSessionId: "s",
  status: "PREPARED",
  waitSeconds: 1,
  deadline: "2026-01-01T00:00:00Z",
};
const DONE = { done: true, cursor: null, result: null };
const ENDS = ["FileExported", "FileUnchanged", "FileRefused", "FileFailed"];

let executions = 0;

test("whatever the functions return and throw, an export ends with a report, and each file with its clean-up", async () => {
  await fc.assert(
    fc.asyncProperty(course, report, async (course, report) => {
      const files = course.resolved.files.map((file, index) => ({ ...file, index }));
      const item = { ...course.resolved.item, bucket: BUCKET, prefix: "", dryRun: false };
      const resolved = { item, files, maxConcurrency: 1 };
      const events: ExecutionEvent[] = [];
      executions += 1;
      const execution = startExport({
        name: `course-${executions}`,
        input: parseInput({ vcenter: "lab", libraryItemId: "i" }),
        services: workflow.services,
        timing: { wait: 0, retry: 0 },
        onEvent: (event) => events.push(event),
        functions: {
          ResolveItem: scripted(course.ResolveItem, resolved),
          PrepareFile: scripted(course.PrepareFile, PREPARED),
          PollFile: scripted(course.PollFile, PREPARED),
          TransferFile: scripted(course.TransferFile, DONE),
          TransferInContainer: scripted(course.TransferInContainer, null),
          ReadContainerResult: scripted(course.ReadContainerResult, DONE),
          CompleteFile: scripted(course.CompleteFile, null),
          AbortFile: scripted(course.AbortFile, { name: "Failed", message: "" }),
          FinishItem: scripted(course.FinishItem, report),
        },
      });
      expect(reportSchema.safeParse(await execution.result).success).toBe(true);

      const entered = events.filter(({ type }) => type === "StateEntered");
      const statesOf = (index?: number) =>
        entered.filter((event) => event.index === index).map(({ state }) => state);
      expect(statesOf()).toContain("FinishItem");
      if (!statesOf().includes("ExportFiles")) return;
      for (const { index } of files) {
        const states = statesOf(index);
        expect(states.filter((state) => ENDS.includes(state))).toEqual([states.at(-1)]);
        const cleanUps = states.filter((state) => state === "CompleteFile" || state === "AbortFile");
        expect(cleanUps).toHaveLength(states.includes("PrepareFile") ? 1 : 0);
      }
    }),
    share(1 / 2),
  );
});
