import { randomUUID } from "node:crypto";
import { SFNClient } from "@aws-sdk/client-sfn";
import { CleanUp } from "../../functions/handlers/cleanUp.ts";
import { SweepRuns } from "../../functions/handlers/sweepRuns.ts";
import { type Deployment, type DeploymentVariable, deploymentOf } from "../../functions/lambda/deployment.ts";
import { startStepFunctions } from "../../simulators/stepFunctions/index.ts";
import { startUncontrolled, type UncontrolledExport } from "../cleanup/uncontrolledExport.ts";
import { BUCKET, startWorkflow, type Workflow } from "../workflow/harness.ts";
import { type Buckets, FunctionRuns, refused, workflowOf } from "./functionRuns.ts";
import type { RecordedCalls } from "./recordedCalls.ts";

const HOUR = 60 * 60 * 1000;

/** Names of the state machines, and their logical ids in the template. */
const STATE_MACHINES = { ExportItem: "WorkflowExportItem", CleanUp: "CleanUpStateMachine" };

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
  running: UncontrolledExport,
  calls: RecordedCalls,
  name: string,
  use: (deployment: Deployment) => Promise<unknown>,
): Promise<void> {
  await using simulator = await startStepFunctions(running.executions);
  const credentials = { accessKeyId: randomUUID(), secretAccessKey: randomUUID() };
  const options = { endpoint: simulator.url, region: "us-east-1", credentials, maxAttempts: 1 };
  const client = new SFNClient(options);
  calls.watchStepFunctions(name, client, STATE_MACHINES);
  const { stateMachineArn } = simulator;
  const environment: Partial<Record<DeploymentVariable, string>> = {
    LIBRARY_EXPORT_STATE_MACHINE_ARN: stateMachineArn,
    LIBRARY_EXPORT_CLEAN_UP_STATE_MACHINE_ARN: stateMachineArn.replace(/ExportItem$/, "CleanUp"),
  };
  try {
    await use(deploymentOf(environment, client));
  } finally {
    client.destroy();
  }
}
