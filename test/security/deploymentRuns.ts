import { randomUUID } from "node:crypto";
import { SFNClient } from "@aws-sdk/client-sfn";
import { vi } from "vitest";
import type { Executions, SyncExecutions } from "../../functions/executions/executions.ts";
import { CleanUp } from "../../functions/handlers/cleanUp.ts";
import { CleanUpSync } from "../../functions/handlers/cleanUpSync.ts";
import { SweepRuns } from "../../functions/handlers/sweepRuns.ts";
import { type Deployment, type DeploymentVariable, deploymentOf } from "../../functions/lambda/deployment.ts";
import type { ExecutionEvent } from "../../local/events.ts";
import { startStepFunctions } from "../../simulators/stepFunctions/index.ts";
import { startUncontrolled, type UncontrolledExport } from "../cleanup/uncontrolledExport.ts";
import { startUncontrolledSync, type UncontrolledSync } from "../cleanup/uncontrolledSync.ts";
import { plainItem, startSyncWorkflow } from "../sync/harness.ts";
import { BUCKET, startWorkflow, type Workflow } from "../workflow/harness.ts";
import { type Buckets, FunctionRuns, refused, workflowOf } from "./functionRuns.ts";
import type { RecordedCalls } from "./recordedCalls.ts";

const HOUR = 60 * 60 * 1000;

/** Names of the state machines, and their logical ids in the template. */
const STATE_MACHINES = {
  ExportItem: "WorkflowExportItem",
  SyncLibrary: "SyncStateMachine",
  CleanUp: "CleanUpExportsStateMachine",
  SyncCleanUp: "CleanUpSyncsStateMachine",
};

/** Runs the functions that no state of an export calls: over Step Functions' own API, on exports that were stopped. */
export async function recordDeployment(calls: RecordedCalls, buckets: Buckets): Promise<void> {
  await using workflow = await startWorkflow(workflowOf(buckets));
  const runs = new FunctionRuns(workflow, calls);
  for (const services of [workflow.services, { ...workflow.services, ...refused(workflow.services) }]) {
    const running = await startPreparing(workflow);
    const { resolved } = await running.executions.progress(await described(running));
    const [file] = resolved?.files ?? [];
    if (!resolved || !file) throw new Error("the sample has files");
    await runs.leaveBehind({ item: resolved.item, file }, buckets.staging ?? BUCKET);
    running.end("ABORTED");
    await running.functionsEnded();
    workflow.clock.advance(2 * HOUR);
    await onStepFunctions(running, calls, "SweepRuns", (deployment) =>
      // The simulator has no state machine that cleans up.
      SweepRuns({}, runs.services("SweepRuns", { ...services, ...deployment })).catch(() => {}),
    );
    for (const again of [false, true]) {
      const event = { executionArn: running.arn, again };
      await onStepFunctions(running, calls, "CleanUp", ({ executions }) =>
        CleanUp(event, runs.services("CleanUp", { ...services, executions })),
      );
    }
  }
}

/** Runs what cleans up after a sync: after one whose page is done, and after one of which an export goes on. */
export async function recordStoppedSync(calls: RecordedCalls): Promise<void> {
  await using workflow = await startSyncWorkflow([plainItem("one"), plainItem("two")]);
  const { vcenter } = workflow;
  const runs = new FunctionRuns(workflow, calls);
  await workflow.sync();
  const change = (text: string) =>
    vcenter.replaceFile(vcenter.itemId("one"), { name: "one.bin", content: Buffer.from(text) });
  // The index gets another version of the one, and loses the other.
  await change("changed");
  vcenter.removeItem(vcenter.itemId("two"));
  const done = startUncontrolledSync(workflow, endAt("RecordPage"), { onDelete: "mark" });
  await done.ended;
  await done.functionsEnded();
  workflow.clock.advance(2 * HOUR);
  await onStepFunctions(done, calls, "SweepRuns", (deployment) =>
    // The simulator has no state machine that cleans up.
    SweepRuns({}, runs.services("SweepRuns", { ...workflow.services, ...deployment })).catch(() => {}),
  );
  await cleanUpSync(done);

  await change("changed again");
  vcenter.behaviour.prepare = [{ status: "PREPARING", polls: 1_000_000 }];
  const exporting = startUncontrolledSync(workflow);
  await vi.waitUntil(() => vcenter.openDownloadSessions().length > 0, { interval: 5, timeout: 10_000 });
  exporting.end("ABORTED");
  await cleanUpSync(exporting);

  async function cleanUpSync(running: UncontrolledSync): Promise<void> {
    for (const again of [false, true]) {
      const event = { executionArn: running.arn, again };
      await onStepFunctions(running, calls, "CleanUpSync", (deployment) =>
        CleanUpSync(event, runs.services("CleanUpSync", { ...workflow.services, ...deployment })),
      );
      await running.functionsEnded();
    }
  }
}

function endAt(name: string) {
  return ({ type, state }: ExecutionEvent, { end }: UncontrolledSync) => {
    if (type === "StateEntered" && state === name) end("ABORTED");
  };
}

/** An export both of whose files wait for vCenter. */
async function startPreparing(workflow: Workflow): Promise<UncontrolledExport> {
  workflow.vcenter.behaviour.prepare = [{ status: "PREPARING", polls: 1_000_000 }];
  const waiting = new Set<number | undefined>();
  const both = Promise.withResolvers<void>();
  const running = startUncontrolled(workflow, ({ type, state, index }) => {
    if (type === "StateEntered" && state === "WaitForPreparation" && waiting.add(index).size === 2)
      both.resolve();
  });
  await both.promise;
  return running;
}

async function described({ executions, arn }: UncontrolledExport) {
  const found = await executions.describe(arn.slice(arn.lastIndexOf(":") + 1));
  if (found === undefined) throw new Error("the execution knows itself");
  return found;
}

/** The execution as a function of the deployment reaches it. */
async function onStepFunctions(
  { executions, syncs }: { executions: Executions; syncs?: SyncExecutions },
  calls: RecordedCalls,
  name: string,
  use: (deployment: Deployment) => Promise<unknown>,
): Promise<void> {
  await using simulator = await startStepFunctions(executions, syncs);
  const credentials = { accessKeyId: randomUUID(), secretAccessKey: randomUUID() };
  const options = { endpoint: simulator.url, region: "us-east-1", credentials, maxAttempts: 1 };
  const client = new SFNClient(options);
  calls.watchStepFunctions(name, client, STATE_MACHINES);
  const { stateMachineArn, syncStateMachineArn } = simulator;
  const environment: Partial<Record<DeploymentVariable, string>> = {
    LIBRARY_EXPORT_STATE_MACHINE_ARN: stateMachineArn,
    LIBRARY_EXPORT_SYNC_STATE_MACHINE_ARN: syncStateMachineArn,
    LIBRARY_EXPORT_CLEAN_UP_STATE_MACHINE_ARN: stateMachineArn.replace(/ExportItem$/, "CleanUp"),
    LIBRARY_EXPORT_SYNC_CLEAN_UP_STATE_MACHINE_ARN: stateMachineArn.replace(/ExportItem$/, "SyncCleanUp"),
  };
  try {
    await use(deploymentOf(environment, client));
  } finally {
    client.destroy();
  }
}
