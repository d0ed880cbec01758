import { expect, test } from "vitest";
import type { ExecutionEvent } from "../../local/engine.ts";
import { expectNothingLeft, startWorkflow } from "./harness.ts";

const ONE_FILE = { include: ["ubuntu.ovf"] };
const PREPARED = ["PreparationStatus", "TransferFile", "TransferDone", "CompleteFile", "FileExported"];
const POLLED = ["PreparationStatus", "WaitForPreparation", "PollFile"];
const ABORTED = ["AbortFile", "FileFailed"];

test.each([
  ["UNPREPARED"],
  ["PREPARE_REQUESTED"],
  ["PREPARING"],
  ["A_STATUS_OF_A_NEWER_VCENTER"],
])("polls while the file is %s, and transfers it once it is PREPARED", async (status) => {
  const prepare = [{ status, polls: 3 }, { status: "PREPARED" }];
  await using workflow = await startWorkflow({ behaviour: { prepare } });
  const { report, statesOf } = await workflow.run(ONE_FILE);

  expect(report.error).toBeNull();
  const states = statesOf("ubuntu.ovf");
  const polls = states.filter((state) => state === "PollFile").length;
  expect(polls).toBeGreaterThanOrEqual(1);
  const between = Array.from({ length: polls }, () => POLLED).flat();
  expect(states).toEqual(["FileAction", "PrepareFile", ...between, ...PREPARED]);
  expectNothingLeft(workflow);
});

test("waits longer each time, from a second to a minute, and keeps the session alive meanwhile", async () => {
  const prepare = [{ status: "PREPARING", milliseconds: 500_000 }, { status: "PREPARED" }];
  await using workflow = await startWorkflow({ behaviour: { prepare } });
  const keptAlive: number[] = [];
  const execution = workflow.start(ONE_FILE, ({ type, state }) => {
    if (type === "StateExited" && state === "PollFile") {
      keptAlive.push(...workflow.vcenter.openDownloadSessions().map(({ keepAlives }) => keepAlives.length));
    }
  });
  const { report, events } = await execution.finished;

  expect(report.error).toBeNull();
  expect(waits(events).slice(0, 10)).toEqual([1, 2, 3, 5, 8, 12, 18, 27, 41, 60]);
  expect(Math.max(...waits(events))).toBe(60);
  // The lease of five minutes was outlived.
  expect(keptAlive.length).toBeGreaterThan(10);
  expectNothingLeft(workflow);
});

test("polls often enough for a lease that is shorter than usual", async () => {
  const prepare = [{ status: "PREPARING", milliseconds: 200_000 }, { status: "PREPARED" }];
  await using workflow = await startWorkflow({ behaviour: { prepare, leaseSeconds: 60 } });
  const { report, events } = await workflow.run(ONE_FILE);

  expect(report.error).toBeNull();
  expect(Math.max(...waits(events))).toBeLessThanOrEqual(20);
  const created = workflow.vcenter.requests.filter(
    ({ operation }) => operation === "download-session.create",
  );
  expect(created).toHaveLength(1);
  expectNothingLeft(workflow);
});

test.each([
  ["vCenter's own words", "The disk is locked by another host", /locked by another host/],
  ["a hint where vCenter gives no reason", undefined, /gave no reason/],
])("ends with PreparationFailed and %s when the status becomes ERROR", async (_, errorMessage, expected) => {
  const prepare = [{ status: "PREPARING" }, { status: "ERROR", errorMessage }];
  await using workflow = await startWorkflow({ behaviour: { prepareByFile: { "ubuntu.ovf": prepare } } });
  const { report, states, statesOf } = await workflow.run(ONE_FILE);

  expect(report).toMatchObject({ status: "FAILED", error: { name: "PreparationFailed" } });
  expect(report.error?.message).toMatch(expected);
  expect(report.error?.message).toContain("ubuntu.ovf");
  expect(statesOf("ubuntu.ovf").slice(-2)).toEqual(ABORTED);
  expect(states.slice(-3)).toEqual(["AllExported", "NotifyFailed", "ExportFailed"]);
  expect(workflow.keys()).toEqual([]);
  expectNothingLeft(workflow);
});

test("ends with PreparationTimedOut at the deadline", async () => {
  const prepare = [{ status: "PREPARING", polls: 1_000_000 }];
  await using workflow = await startWorkflow({
    behaviour: { prepare },
    settings: { prepareTimeoutSeconds: 120 },
  });
  const { report, statesOf } = await workflow.run(ONE_FILE);

  expect(report).toMatchObject({ status: "FAILED", error: { name: "PreparationTimedOut" } });
  expect(report.error?.message).toContain("PREPARING");
  expect(statesOf("ubuntu.ovf").slice(-3)).toEqual(["PollFile", ...ABORTED]);
  expectNothingLeft(workflow);
});

test("ends with FileNotFound when the session knows no such file", async () => {
  const faults = [{ on: "download-session-file.prepare" as const, status: 400, times: 10 }];
  await using workflow = await startWorkflow({ behaviour: { faults } });
  const { report, statesOf } = await workflow.run(ONE_FILE);

  expect(report).toMatchObject({ status: "FAILED", error: { name: "FileNotFound" } });
  expect(statesOf("ubuntu.ovf")).toEqual(["FileAction", "PrepareFile", ...ABORTED]);
  expectNothingLeft(workflow);
});

test("ends with ItemChanged when the item got new content after it was resolved", async () => {
  await using workflow = await startWorkflow();
  const execution = workflow.start(ONE_FILE, ({ type, state }) => {
    if (type === "StateExited" && state === "ResolveItem") {
      workflow.vcenter.touchItem(workflow.vcenter.itemId("ubuntu"));
    }
  });
  const { report } = await execution.finished;

  expect(report).toMatchObject({ status: "FAILED", error: { name: "ItemChanged" } });
  expect(report.error?.message).toMatch(/was 1 at the start and is 2 now/);
  expect(workflow.keys()).toEqual([]);
  expectNothingLeft(workflow);
});

test("notices new content also on a vCenter whose sessions do not tell their content version", async () => {
  await using workflow = await startWorkflow({ behaviour: { tellsContentVersion: false } });
  expect((await workflow.run(ONE_FILE)).report.error).toBeNull();

  const execution = workflow.start({ ...ONE_FILE, overwrite: "always" }, ({ type, state }) => {
    if (type === "StateExited" && state === "ResolveItem") {
      workflow.vcenter.touchItem(workflow.vcenter.itemId("ubuntu"));
    }
  });
  expect((await execution.finished).report.error?.name).toBe("ItemChanged");
  expectNothingLeft(workflow);
});

test("tries again, by the state machine, when vCenter cannot be reached for a while", async () => {
  const faults = [{ on: "download-session.create" as const, status: 503, times: 7 }];
  await using workflow = await startWorkflow({ behaviour: { faults } });
  const { report, events } = await workflow.run(ONE_FILE);

  expect(report.error).toBeNull();
  const retried = events.filter(({ type }) => type === "StateRetried").map(({ state }) => state);
  expect(retried).toEqual(["PrepareFile"]);
  expectNothingLeft(workflow);
});

/** Seconds of each wait that the state machine was told to make. */
function waits(events: ExecutionEvent[]): number[] {
  return events
    .filter(({ type, state }) => type === "StateEntered" && state === "WaitForPreparation")
    .map(({ input }) => (input as { session: { waitSeconds: number } }).session.waitSeconds); // the state's own input
}
