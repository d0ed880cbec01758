import { expect, test } from "vitest";
import { keepExecutions } from "../../local/keptExecutions.ts";
import { fakeClock } from "../clocks.ts";

/** Executions each of which ends as its input says, at once or never. */
function executionsThat() {
  return keepExecutions<{ end: "well" | "never" | "without a report" }, null>(
    fakeClock(),
    (_id, { end }) => ({
      result: end === "well" ? Promise.resolve({ error: null }) : withoutReport(end),
      stop: async () => {},
      progress: () => null,
    }),
  );
}

function withoutReport(end: "never" | "without a report"): Promise<never> {
  return end === "never" ? new Promise(() => {}) : Promise.reject(new Error("nothing can be written"));
}

test("of more than a thousand executions the oldest that has ended is forgotten, and none that runs", async () => {
  const executions = executionsThat();
  await executions.start("running", { end: "never" });
  for (let number = 1; number <= 1000; number += 1) {
    await executions.start(`ended-${number}`, { end: "well" });
    await executions.ended(`ended-${number}`);
  }
  expect(await executions.describe("running")).toMatchObject({ state: "RUNNING" });
  expect(await executions.describe("ended-1")).toBeUndefined();
  expect(await executions.describe("ended-2")).toMatchObject({ state: "SUCCEEDED" });
});

test("an execution that cannot even report has failed, with the reason", async () => {
  const executions = executionsThat();
  await executions.start("a", { end: "without a report" });
  await executions.ended("a");
  expect(await executions.describe("a")).toMatchObject({
    state: "FAILED",
    error: { name: "InternalError", message: "Error: nothing can be written" },
  });
});
