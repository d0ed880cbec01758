import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Execution } from "../../../functions/executions/executions.ts";
import {
  type ScriptedStepFunctions,
  startScriptedStepFunctions,
  type WireEvent,
} from "../../executions/scriptedStepFunctions.ts";
import { share } from "../settings.ts";
import { anyText } from "../text.ts";
import { exportState, recorded, report, syncReport, syncState } from "../workflowData.ts";

let stepFunctions: ScriptedStepFunctions;
beforeAll(async () => {
  stepFunctions = await startScriptedStepFunctions();
});
afterAll(() => stepFunctions?.[Symbol.asyncDispose]());

/** Executions of a name of their own each: what does not change any more is kept by the name. */
let executions = 0;
function ended(): Execution {
  executions += 1;
  const [startedAt, endedAt] = ["2026-01-01T00:00:00.000Z", "2026-01-01T00:01:00.000Z"];
  return { id: `nightly-${executions}`, state: "SUCCEEDED", startedAt, endedAt, input: {}, error: null };
}

/** Events that this program does not know, or that lack what their kind has. */
const other = fc.record(
  {
    type: fc.oneof(
      fc.constantFrom("TaskScheduled", "MapRunStarted", "EvaluationFailed", "LATER_ADDED"),
      anyText,
    ),
    stateExitedEventDetails: fc.record({ name: anyText, output: anyText }, { requiredKeys: ["name"] }),
    mapRunStartedEventDetails: fc.constant({}),
    detailsOfALaterVersion: fc.jsonValue({ maxDepth: 1 }),
  },
  { requiredKeys: ["type"] },
);

function exited(name: string, outputs: fc.Arbitrary<unknown>) {
  return outputs.map((output) => ({
    type: "TaskStateExited",
    stateExitedEventDetails: { name, output: JSON.stringify(output) },
  }));
}

/** The known events in their order, between any number of others. */
function history(...known: fc.Arbitrary<Omit<WireEvent, "id" | "timestamp">>[]): fc.Arbitrary<WireEvent[]> {
  const others = fc.array(other, { maxLength: 4 });
  const passages = known.flatMap((one) => [others, one.map((event) => [event])]);
  return fc
    .tuple(...passages, others)
    .map((pieces) => pieces.flat().map((event, index) => ({ ...event, id: index + 1, timestamp: index })));
}

/** No page of it is empty for ever. */
const pageSizes = fc
  .array(fc.nat({ max: 5 }), { minLength: 1, maxLength: 4 })
  .filter((sizes) => sizes.some(Boolean));

describe("a history that is cut into pages in any way tells the same as in one", () => {
  test("of an export", async () => {
    const events = history(exited("ResolveItem", exportState), exited("FinishItem", report));
    await fc.assert(
      fc.asyncProperty(events, pageSizes, async (events, pageSizes) => {
        Object.assign(stepFunctions, { events, pageSizes: [30] });
        const whole = await stepFunctions.executions.progress(ended());
        expect(whole.report).not.toBeNull();
        Object.assign(stepFunctions, { pageSizes });
        expect(await stepFunctions.executions.progress(ended())).toEqual(whole);
      }),
      share(1 / 3),
    );
  });

  test("of a sync", async () => {
    const recordedState = fc.tuple(syncState, recorded).map(([state, recorded]) => ({ ...state, recorded }));
    const events = history(
      exited("ListLibrary", syncState),
      exited("RecordPage", recordedState),
      exited("FinishSync", syncReport),
    );
    await fc.assert(
      fc.asyncProperty(events, pageSizes, async (events, pageSizes) => {
        Object.assign(stepFunctions, { events, pageSizes: [30] });
        const whole = await stepFunctions.syncs.progress(ended());
        expect(whole.recorded).not.toBeNull();
        expect(whole.report).not.toBeNull();
        Object.assign(stepFunctions, { pageSizes });
        expect(await stepFunctions.syncs.progress(ended())).toEqual(whole);
      }),
      share(1 / 3),
    );
  });
});
