import { DeleteObjectCommand } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { cleanUpSync } from "../../functions/cleanup/cleanUpSync.ts";
import { sweepRuns } from "../../functions/cleanup/sweepRuns.ts";
import type { Executions, SyncExecutions } from "../../functions/executions/executions.ts";
import { plainItem, startSyncWorkflow } from "../sync/harness.ts";
import { BUCKET, startWorkflow, type Workflow } from "../workflow/harness.ts";
import { startUncontrolled } from "./uncontrolledExport.ts";
import { startUncontrolledSync } from "./uncontrolledSync.ts";

const HOUR = 60 * 60 * 1000;

const NONE = {
  describe: async () => undefined,
  list: async () => ({ executions: [], next: null }),
  progress: async () => ({ sync: null, recorded: null, exporting: null, report: null }),
};

/** Sweeps, and tells of which executions the clean-up was started. */
async function sweep(
  { services }: Workflow,
  executions: Executions,
  syncs: Pick<SyncExecutions, "describe" | "list" | "progress"> = NONE,
): Promise<string[]> {
  const started: string[] = [];
  const swept = await sweepRuns({
    ...services,
    executions,
    syncs,
    startCleanUp: async (id) => void started.push(id),
    startSyncCleanUp: async (id) => void started.push(id),
  });
  expect(started).toEqual(swept);
  return swept;
}

async function startStopped(workflow: Workflow) {
  workflow.vcenter.behaviour.prepare = [{ status: "PREPARING", polls: 1_000_000 }];
  const running = startUncontrolled(workflow);
  await expect
    .poll(() => workflow.vcenter.openDownloadSessions().length, { interval: 5, timeout: 10_000 })
    .toBe(2);
  running.end("ABORTED");
  await running.functionsEnded();
  return running;
}

test("an execution whose event was lost is found, once what cleans up by itself has had its time", async () => {
  await using workflow = await startWorkflow();
  const { arn, executions } = await startStopped(workflow);
  expect(await sweep(workflow, executions)).toEqual([]);
  workflow.clock.advance(2 * HOUR);
  const found = await sweep(workflow, executions);
  expect(found.map((id) => arn.endsWith(`:${id}`))).toEqual([true]);
});

test("what is older than three days was found before", async () => {
  await using workflow = await startWorkflow();
  const { executions } = await startStopped(workflow);
  workflow.clock.advance(73 * HOUR);
  expect(await sweep(workflow, executions)).toEqual([]);
});

test("an execution that has left nothing is let be, and so is one that runs", async () => {
  await using workflow = await startWorkflow();
  const exported = startUncontrolled(workflow);
  await exported.ended;
  workflow.clock.advance(2 * HOUR);
  expect(await sweep(workflow, exported.executions)).toEqual([]);

  workflow.vcenter.behaviour.prepare = [{ status: "PREPARING", polls: 1_000_000 }];
  await workflow.s3Client.send(
    new DeleteObjectCommand({ Bucket: BUCKET, Key: "Golden images/ubuntu/ubuntu.ovf" }),
  );
  const running = startUncontrolled(workflow);
  await expect
    .poll(() => workflow.vcenter.openDownloadSessions().length, { interval: 5, timeout: 10_000 })
    .toBe(1);
  workflow.clock.advance(2 * HOUR);
  expect(await sweep(workflow, running.executions)).toEqual([]);
  running.end("ABORTED");
  await running.functionsEnded();
});

test("every page is looked at", async () => {
  await using workflow = await startWorkflow();
  const { executions } = await startStopped(workflow);
  workflow.clock.advance(2 * HOUR);
  const paged: Executions = {
    ...executions,
    list: async (query) =>
      query.pageToken === undefined ? { executions: [], next: "second" } : executions.list(query),
  };
  expect(await sweep(workflow, paged)).toHaveLength(1);
});

test("a sync whose event was lost is found as well", async () => {
  await using workflow = await startSyncWorkflow([plainItem("a")]);
  const running = startUncontrolledSync(workflow, ({ type, state }, { end }) => {
    if (type === "StateEntered" && state === "PlanPage") end("ABORTED");
  });
  await running.ended;
  await running.functionsEnded();
  const { executions, syncs, arn } = running;
  expect(await sweep(workflow, executions, syncs)).toEqual([]);
  workflow.clock.advance(2 * HOUR);
  expect((await sweep(workflow, executions, syncs)).map((id) => arn.endsWith(`:${id}`))).toEqual([true]);
  await cleanUpSync({ executionArn: arn, again: true }, { ...workflow.services, executions, syncs });
  expect(await sweep(workflow, executions, syncs)).toEqual([]);
});
