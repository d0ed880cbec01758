import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Deployment, openDeployment } from "../../executions/deployments.ts";
import { sendRaw } from "../../rawRequest.ts";
import { damagedBytes, damagedValue } from "../damage.ts";
import { anyText, inHeader } from "../text.ts";

let deployment: Deployment;
beforeAll(async () => {
  deployment = await openDeployment("in AWS Step Functions");
});
afterAll(() => deployment?.[Symbol.asyncDispose]());

const OPERATIONS = [
  "StartExecution",
  "DescribeExecution",
  "ListExecutions",
  "StopExecution",
  "GetExecutionHistory",
  "DescribeMapRun",
];

test("the simulator of Step Functions answers every operation and body, by an error's name where it refuses", async () => {
  const { url, stateMachineArn } = deployment.stepFunctions;
  const executionArn = stateMachineArn.replace(":stateMachine:", ":execution:");
  const arn = fc.oneof(
    fc.constantFrom(stateMachineArn, executionArn, `${executionArn}:a`, "arn:aws:states:::mapRun:x/y:z"),
    anyText.map((name) => `${executionArn}:${name}`),
    anyText,
  );
  const fields = fc.record(
    {
      stateMachineArn: arn,
      executionArn: arn,
      mapRunArn: arn,
      name: fc.oneof(anyText, fc.constant("a")),
      // No such vCenter is configured: what is taken ends at once.
      input: fc.oneof(fc.constant('{"vcenter":"nowhere","libraryItemId":"i"}'), fc.json(), anyText),
      maxResults: fc.integer(),
      nextToken: anyText,
      statusFilter: anyText,
      reverseOrder: fc.boolean(),
      cause: anyText,
    },
    { requiredKeys: [] },
  );
  const written = fields.map((value) => JSON.stringify(value));
  const body = fc.oneof(
    written.map((text) => Buffer.from(text)),
    damagedValue(fields).map((value) => Buffer.from(JSON.stringify(value) ?? "")),
    damagedBytes(written),
  );
  const operation = fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...OPERATIONS) }, inHeader);
  await fc.assert(
    fc.asyncProperty(operation, body, async (operation, body) => {
      const headers = { "x-amz-target": `AWSStepFunctions.${operation}` };
      const { status, text } = await sendRaw(url, { method: "POST", path: "/", headers, body });
      expect([200, 400]).toContain(status);
      const answer: unknown = JSON.parse(text);
      if (status === 400) expect(answer).toMatchObject({ __type: expect.stringMatching(/#[A-Z]\w+$/) });
    }),
  );
  const listed = { stateMachineArn };
  const headers = { "x-amz-target": "AWSStepFunctions.ListExecutions" };
  const body1 = Buffer.from(JSON.stringify(listed));
  expect((await sendRaw(url, { method: "POST", path: "/", headers, body: body1 })).status).toBe(200);
});
