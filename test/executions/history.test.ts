import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { failedReport } from "../../cli/failure.ts";
import type { Execution } from "../../functions/executions/executions.ts";
import {
  type ScriptedStepFunctions,
  startScriptedStepFunctions,
  type WireEvent,
} from "./scriptedStepFunctions.ts";

const REPORT = failedReport("lab", { name: "ItemNotFound", message: "There is none" });

const ended: Execution = {
  id: "nightly-1",
  state: "FAILED",
  startedAt: "2026-01-01T00:00:00.000Z",
  endedAt: "2026-01-01T00:01:00.000Z",
  input: {},
  error: null,
};

let stepFunctions: ScriptedStepFunctions;
beforeAll(async () => {
  stepFunctions = await startScriptedStepFunctions();
});
afterAll(() => stepFunctions?.[Symbol.asyncDispose]());
beforeEach(() => {
  stepFunctions.pagesAsked = 0;
});

/** A history that ends with the report and with so many events after it. */
function eventsAfterReport(count: number): WireEvent[] {
  const stateExitedEventDetails = { name: "FinishItem", output: JSON.stringify(REPORT) };
  const reported = { id: 1, type: "TaskStateExited", timestamp: 0, stateExitedEventDetails };
  const others = Array.from({ length: count }, (_, index) => ({
    id: index + 2,
    type: "ChoiceStateEntered",
    timestamp: 0,
  }));
  return [reported, ...others];
}

describe("the report of an export", () => {
  test.each([
    { what: "in full pages", pageSizes: [30], pages: 4 },
    { what: "in pages that its data make short", pageSizes: [7], pages: 18 },
    { what: "in pages of which some are empty", pageSizes: [0, 10, 0, 5], pages: 32 },
  ])("is found at the end of a long history $what", async ({ pageSizes, pages }) => {
    Object.assign(stepFunctions, { events: eventsAfterReport(119), pageSizes });
    expect((await stepFunctions.executions.progress(ended)).report).toEqual(REPORT);
    expect(stepFunctions.pagesAsked).toBeGreaterThanOrEqual(pages);
  });

  test.each([
    { what: "full", pageSizes: [30] },
    { what: "short", pageSizes: [7] },
  ])("is looked for no further than that where pages are $what", async ({ pageSizes }) => {
    Object.assign(stepFunctions, { events: eventsAfterReport(120), pageSizes });
    expect((await stepFunctions.executions.progress(ended)).report).toBeNull();
  });
});

test("a history of empty pages that never end is given up", async () => {
  Object.assign(stepFunctions, { events: eventsAfterReport(0), pageSizes: [0] });
  expect(await stepFunctions.executions.progress(ended)).toEqual({ resolved: null, report: null });
  expect(stepFunctions.pagesAsked).toBe(240);
});

test("an output that Step Functions has cut is passed over", async () => {
  const [reported] = eventsAfterReport(0);
  const cut = { name: "NotifyFailed", output: JSON.stringify(REPORT).slice(0, 40) };
  const events = [reported, { id: 2, type: "TaskStateExited", timestamp: 0, stateExitedEventDetails: cut }];
  Object.assign(stepFunctions, { events, pageSizes: [30] });
  expect((await stepFunctions.executions.progress(ended)).report).toEqual(REPORT);
});
