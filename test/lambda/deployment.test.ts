import { SFNClient } from "@aws-sdk/client-sfn";
import { expect, test } from "vitest";
import { cleanUpExecution } from "../../functions/cleanup/cleanUpExecution.ts";
import type { Executions } from "../../functions/executions/executions.ts";
import { deploymentOf } from "../../functions/lambda/deployment.ts";
import { startStepFunctions } from "../../simulators/stepFunctions/index.ts";
import { startUncontrolled } from "../cleanup/uncontrolledExport.ts";
import { expectNothingLeft, startWorkflow } from "../workflow/harness.ts";

function clientOf(endpoint: string): SFNClient {
  return new SFNClient({
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: crypto.randomUUID() },
  });
}

test("over Step Functions' API, the clean-up learns all that it needs of an export that was stopped", async () => {
  await using workflow = await startWorkflow({
    behaviour: { prepare: [{ status: "PREPARING", polls: 1_000_000 }] },
  });
  const running = startUncontrolled(workflow);
  await using stepFunctions = await startStepFunctions(running.executions);
  const client = clientOf(stepFunctions.url);
  const { executions } = deploymentOf(
    {
      LIBRARY_EXPORT_STATE_MACHINE_ARN: stepFunctions.stateMachineArn,
      LIBRARY_EXPORT_SYNC_STATE_MACHINE_ARN: stepFunctions.syncStateMachineArn,
    },
    client,
  );
  await expect
    .poll(() => workflow.vcenter.openDownloadSessions().length, { interval: 5, timeout: 10_000 })
    .toBe(2);
  running.end("ABORTED");
  await running.functionsEnded();

  const name = running.arn.split(":").at(-1);
  const executionArn = `${stepFunctions.stateMachineArn.replace(":stateMachine:", ":execution:")}:${name}`;
  const services = { ...workflow.services, executions };
  const { cutOff, notice } = await cleanUpExecution({ executionArn, again: false }, services);
  expect({ cutOff, notice }).toMatchObject({
    cutOff: true,
    notice: { detail: { item: "ubuntu", error: { name: "Stopped" }, counts: { failed: 2 } } },
  });
  await cleanUpExecution({ executionArn, again: true }, services);
  expectNothingLeft(workflow);
  client.destroy();
});

test("the sweep starts the clean-ups with the ARNs of the export and of the sync", async () => {
  const inputs: unknown[] = [];
  const executions: Executions = {
    async start(id, input) {
      inputs.push(input);
      return { id, state: "RUNNING", startedAt: new Date(0).toISOString(), endedAt: null };
    },
    describe: async () => undefined,
    list: async () => undefined,
    stop: async () => {},
    progress: async () => ({ resolved: null, report: null }),
  };
  await using stepFunctions = await startStepFunctions(executions);
  const client = clientOf(stepFunctions.url);
  const { startCleanUp, startSyncCleanUp } = deploymentOf(
    {
      LIBRARY_EXPORT_STATE_MACHINE_ARN: "arn:aws:states:us-east-1:123456789012:stateMachine:export",
      LIBRARY_EXPORT_SYNC_STATE_MACHINE_ARN: "arn:aws:states:us-east-1:123456789012:stateMachine:sync",
      LIBRARY_EXPORT_SYNC_CLEAN_UP_STATE_MACHINE_ARN: stepFunctions.stateMachineArn,
      LIBRARY_EXPORT_CLEAN_UP_STATE_MACHINE_ARN: stepFunctions.stateMachineArn,
    },
    client,
  );
  await startCleanUp("nightly-1");
  await startSyncCleanUp("sync_nightly-1");
  expect(inputs).toEqual([
    { executionArn: "arn:aws:states:us-east-1:123456789012:execution:export:nightly-1" },
    { executionArn: "arn:aws:states:us-east-1:123456789012:execution:sync:sync_nightly-1" },
  ]);
  client.destroy();
});

test.each([
  {},
  { LIBRARY_EXPORT_STATE_MACHINE_ARN: "export-item" },
])("a wrong environment is named: %j", (environment) => {
  expect(() => deploymentOf(environment, clientOf("http://127.0.0.1:9"))).toThrow(
    expect.objectContaining({
      name: "InvalidInput",
      message: expect.stringContaining("LIBRARY_EXPORT_STATE_MACHINE_ARN"),
    }),
  );
});
