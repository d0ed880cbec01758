import { expect, test } from "vitest";
import { startStepFunctions } from "../../simulators/stepFunctions/index.ts";
import { startUncontrolled } from "../cleanup/uncontrolledExport.ts";
import { startWorkflow } from "../workflow/harness.ts";

test("what is not JSON is refused by the service's name for it, and the next request is answered", async () => {
  await using workflow = await startWorkflow();
  const running = startUncontrolled(workflow);
  await using stepFunctions = await startStepFunctions(running.executions);
  const { url, stateMachineArn } = stepFunctions;
  const ask = async (operation: string, body: string) => {
    const headers = { "x-amz-target": `AWSStepFunctions.${operation}` };
    const answer = await fetch(url, { method: "POST", headers, body });
    return { status: answer.status, body: await answer.text() };
  };

  expect(await ask("ListExecutions", "{")).toMatchObject({
    status: 400,
    body: expect.stringContaining("SerializationException"),
  });
  expect(
    await ask("StartExecution", JSON.stringify({ stateMachineArn, name: "a", input: "{" })),
  ).toMatchObject({
    status: 400,
    body: expect.stringContaining("InvalidExecutionInput"),
  });
  expect(await ask("DescribeExecution", "null")).toMatchObject({
    status: 400,
    body: expect.stringContaining("ExecutionDoesNotExist"),
  });
  running.end("ABORTED");
  await running.functionsEnded();
});
