import { describe, expect, test } from "vitest";
import { cleanUpExecution } from "../../functions/cleanup/cleanUpExecution.ts";
import { cleanUpSync } from "../../functions/cleanup/cleanUpSync.ts";
import { syncEndedSchema } from "../../functions/sync/report.ts";
import { plainItem, type SyncWorkflow, startSyncWorkflow } from "../sync/harness.ts";
import { BUCKET, type WorkflowSetup } from "../workflow/harness.ts";
import { startUncontrolled } from "./uncontrolledExport.ts";
import { startUncontrolledSync, type UncontrolledSync } from "./uncontrolledSync.ts";

const items = ["a", "b", "c"].map((name) => plainItem(name));
/** vCenter never comes to an end with a file. */
const waiting: WorkflowSetup = { behaviour: { prepare: [{ status: "PREPARING", polls: 1_000_000 }] } };

/** Calls CleanUpSync as the clean-up workflow does, for the first or the second time. */
function cleanUp({ services }: SyncWorkflow, { arn, executions, syncs }: UncontrolledSync, again: boolean) {
  return cleanUpSync({ executionArn: arn, again }, { ...services, executions, syncs });
}

/** What the exports' own clean-ups do, each started by the end of its export. */
async function cleanUpExports({ services }: SyncWorkflow, { exports }: UncontrolledSync, again: boolean) {
  for (const { arn, executions } of exports) {
    await cleanUpExecution({ executionArn: arn, again }, { ...services, executions });
  }
}

/** Of what this program writes for itself, nothing but reports of syncs. */
function expectNothingOpen({ s3, vcenter }: SyncWorkflow): void {
  const own = s3.objects(BUCKET).filter((key) => key.includes(".library-export/"));
  expect(own.filter((key) => !key.startsWith(".library-export/reports/"))).toEqual([]);
  expect(s3.openUploads()).toEqual([]);
  expect(vcenter.openDownloadSessions()).toEqual([]);
  expect(vcenter.openLogins()).toEqual([]);
}

const STATES = [
  "ListLibrary",
  "PlanPage",
  "ExportItems",
  "AdmitItem",
  "ExportItem",
  "RecordPage",
  "FinishSync",
];

test.each(
  STATES,
)("stopped when it enters %s, a sync leaves nothing, and the next one goes on", async (stopAt) => {
  await using workflow = await startSyncWorkflow(items);
  const running = startUncontrolledSync(workflow, ({ type, state }, { end }) => {
    if (type === "StateEntered" && state === stopAt) end("ABORTED");
  });
  await running.ended;

  const { cutOff, notice } = await cleanUp(workflow, running, false);
  expect(cutOff).toBe(true);
  expect(notice?.detailType).toBe("Sync Failed");
  expect(syncEndedSchema.parse(notice?.detail)).toMatchObject({
    execution: running.arn,
    vcenter: "lab",
    library: "Golden",
    status: "FAILED",
    error: { name: "Stopped" },
  });
  await cleanUpExports(workflow, running, false);
  await running.functionsEnded();
  expect(await cleanUp(workflow, running, true)).toEqual({ cutOff: true, notice: null });
  await cleanUpExports(workflow, running, true);
  expectNothingOpen(workflow);
  expect((await workflow.sync()).report).toMatchObject({ status: "SYNCHRONIZED", counts: { FAILED: 0 } });
});

describe("the exports that a sync has started", () => {
  test("are stopped with it, where Step Functions has not done so, and no other is", async () => {
    await using workflow = await startSyncWorkflow(items, waiting);
    const running = startUncontrolledSync(workflow);
    const byHand = startUncontrolled(workflow, undefined, {
      vcenter: "lab",
      library: "Golden",
      item: "a",
      destination: { prefix: "by-hand/" },
    });
    running.exports.push(byHand);
    await expect
      .poll(() => workflow.vcenter.openDownloadSessions().length, { interval: 5, timeout: 10_000 })
      .toBe(4);
    running.end("TIMED_OUT");

    const { notice } = await cleanUp(workflow, running, false);
    expect(notice?.detail.error).toMatchObject({ name: "States.Timeout" });
    const { executions } = (await running.executions.list({ limit: 10 })) ?? { executions: [] };
    expect(executions.map(({ state }) => state).sort()).toEqual(["ABORTED", "ABORTED", "ABORTED", "RUNNING"]);
    byHand.end("ABORTED");
    await cleanUpExports(workflow, running, false);
    await running.functionsEnded();
    await cleanUp(workflow, running, true);
    await cleanUpExports(workflow, running, true);
    expectNothingOpen(workflow);
  });

  test("are no more than there were at the stop: an item that goes on starts none", async () => {
    await using workflow = await startSyncWorkflow(items);
    const admitted = Promise.withResolvers<void>();
    const cleaned = Promise.withResolvers<void>();
    const { AdmitItem } = await import("../../functions/handlers/admitItem.ts");
    const running = startUncontrolledSync(workflow, ({ type, state, input }, { end }) => {
      if (type !== "StateEntered" || state !== "AdmitItem") return;
      end("ABORTED");
      // The item's part goes on after the clean-up, as one that Step Functions has not ended.
      admitted.resolve(
        cleaned.promise.then(() =>
          expect(AdmitItem(input, workflow.services)).rejects.toMatchObject({ name: "Stopped" }),
        ),
      );
    });
    await running.ended;
    await cleanUp(workflow, running, false);
    cleaned.resolve();
    await admitted.promise;
    await running.functionsEnded();
    await cleanUp(workflow, running, true);
    expectNothingOpen(workflow);
  });
});

test("of a sync that came to its own end there is nothing to tell, and its report stays as it is", async () => {
  await using workflow = await startSyncWorkflow(items);
  const running = startUncontrolledSync(workflow);
  await running.ended;
  const before = workflow.s3.objects(BUCKET);
  expect(await cleanUp(workflow, running, false)).toEqual({ cutOff: false, notice: null });
  expect(workflow.s3.objects(BUCKET)).toEqual(before);
});

test("a sync that runs is let be", async () => {
  await using workflow = await startSyncWorkflow(items, waiting);
  const running = startUncontrolledSync(workflow);
  await expect
    .poll(() => workflow.vcenter.openDownloadSessions().length, { interval: 5, timeout: 10_000 })
    .toBe(3);
  expect(await cleanUp(workflow, running, true)).toEqual({ cutOff: false, notice: null });
  expect(workflow.vcenter.openDownloadSessions()).toHaveLength(3);
  running.end("ABORTED");
  for (const { end } of running.exports) end("ABORTED");
  await running.functionsEnded();
});
