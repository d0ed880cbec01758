import { randomUUID } from "node:crypto";
import { SFNClient } from "@aws-sdk/client-sfn";
import { createApi } from "../../functions/api/api.ts";
import { stepFunctionsExecutions, stepFunctionsSyncs } from "../../functions/executions/stepFunctions.ts";
import { silentLogger } from "../../functions/log.ts";
import { holdParts, openDeployment } from "../executions/deployments.ts";
import { type Buckets, FunctionRuns, workflowOf } from "./functionRuns.ts";
import type { RecordedCalls } from "./recordedCalls.ts";

/** Names of the state machines, and their logical ids in the template. */
const STATE_MACHINES = { ExportItem: "WorkflowExportItem", SyncLibrary: "SyncStateMachine" };

const INPUTS = {
  exports: { vcenter: "lab", library: "Golden images", item: "ubuntu" },
  syncs: { vcenter: "lab", library: "Golden images" },
};

/** Starts, lists, looks at and stops an export and a sync by the API, while bytes are on their way. */
export async function recordApi(calls: RecordedCalls, buckets: Buckets): Promise<void> {
  await using deployment = await openDeployment("in this process", workflowOf(buckets));
  const { workflow, stepFunctions } = deployment;
  const client = new SFNClient({
    endpoint: stepFunctions.url,
    region: "us-east-1",
    credentials: { accessKeyId: randomUUID(), secretAccessKey: randomUUID() },
    maxAttempts: 1,
  });
  calls.watchStepFunctions("Api", client, STATE_MACHINES);
  const api = createApi({
    executions: stepFunctionsExecutions(client, stepFunctions.stateMachineArn),
    syncs: stepFunctionsSyncs(client, stepFunctions.syncStateMachineArn),
    s3: new FunctionRuns(workflow, calls).services("Api", workflow.services).s3,
    log: silentLogger,
  });
  const ask = async (method: string, path: string, body = "") => {
    const headers = { "content-type": "application/json" };
    const answer = await api({ method, path, basePath: "", query: {}, headers, body });
    if (answer.status > 299) throw new Error(answer.body);
    return answer;
  };
  for (const name of ["exports", "syncs"] as const) {
    const held = holdParts(workflow);
    const started = await ask("POST", `/${name}`, JSON.stringify(INPUTS[name]));
    const path = started.headers.location ?? "";
    await held.asked;
    await ask("GET", `/${name}`);
    await ask("GET", path);
    held.release();
    await ask("DELETE", path);
    await ask("GET", path);
  }
  client.destroy();
}
