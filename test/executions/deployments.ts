import { randomUUID } from "node:crypto";
import { SFNClient } from "@aws-sdk/client-sfn";
import type { Executions, SyncExecutions } from "../../functions/executions/executions.ts";
import { stepFunctionsExecutions, stepFunctionsSyncs } from "../../functions/executions/stepFunctions.ts";
import {
  type LocalExecutions,
  type LocalSyncs,
  localExecutions,
  localSyncs,
} from "../../local/executions.ts";
import { type StepFunctionsSimulator, startStepFunctions } from "../../simulators/stepFunctions/index.ts";
import { startWorkflow, type Workflow, type WorkflowSetup } from "../workflow/harness.ts";

/** Where executions can run: what is true of one has to be true of the other. */
export const PLACES = ["in this process", "in AWS Step Functions"] as const;

export interface Deployment extends AsyncDisposable {
  workflow: Workflow;
  /** As the code under test has them. */
  executions: Executions;
  syncs: SyncExecutions;
  /** The engine itself, which does the work in both places. */
  engine: LocalExecutions;
  syncEngine: LocalSyncs;
  stepFunctions: StepFunctionsSimulator;
}

export async function openDeployment(
  place: (typeof PLACES)[number],
  setup: WorkflowSetup = {},
): Promise<Deployment> {
  const workflow = await startWorkflow(setup);
  const engine = localExecutions(workflow.services, { wait: 0, retry: 0 });
  const syncEngine = localSyncs(workflow.services, { wait: 0, retry: 0 });
  const stepFunctions = await startStepFunctions(engine, syncEngine);
  const credentials = { accessKeyId: randomUUID(), secretAccessKey: randomUUID() };
  const client = new SFNClient({
    endpoint: stepFunctions.url,
    region: "us-east-1",
    credentials,
    maxAttempts: 1,
  });
  return {
    workflow,
    engine,
    syncEngine,
    stepFunctions,
    ...(place === "in this process"
      ? { executions: engine, syncs: syncEngine }
      : {
          executions: stepFunctionsExecutions(client, stepFunctions.stateMachineArn),
          syncs: stepFunctionsSyncs(client, stepFunctions.syncStateMachineArn),
        }),
    async [Symbol.asyncDispose]() {
      await Promise.all([engine[Symbol.asyncDispose](), syncEngine[Symbol.asyncDispose]()]);
      client.destroy();
      await stepFunctions[Symbol.asyncDispose]();
      await workflow[Symbol.asyncDispose]();
    },
  };
}

/** Lets the next part wait on its way to S3. */
export function holdParts({ s3 }: Workflow): { asked: Promise<void>; release(): void } {
  const asked = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  s3.faults.push({
    operation: "UploadPart",
    get hold() {
      asked.resolve();
      return released.promise;
    },
  });
  return { asked: asked.promise, release: released.resolve };
}
