import { randomUUID } from "node:crypto";
import { afterEach, expect, test, vi } from "vitest";
import { apiHandler } from "../../functions/lambda/apiHandler.ts";
import { openDeployment } from "../executions/deployments.ts";

const context = { awsRequestId: "request-1", functionName: "Api", getRemainingTimeInMillis: () => 1 };

/** As API Gateway's REST API with Lambda proxy integration sends it, in so far as it is looked at. */
function event(httpMethod: string, path: string, fields: Record<string, unknown> = {}) {
  return {
    resource: "/{proxy+}",
    httpMethod,
    path,
    headers: null,
    multiValueQueryStringParameters: null,
    body: null,
    isBase64Encoded: false,
    requestContext: { stage: "prod", path: `/prod${path}` },
    ...fields,
  };
}

afterEach(() => vi.unstubAllEnvs());

test("events of API Gateway become requests, and answers its results", async () => {
  await using deployment = await openDeployment("in AWS Step Functions");
  vi.stubEnv("AWS_ENDPOINT_URL_SFN", deployment.stepFunctions.url);
  vi.stubEnv("AWS_REGION", "us-east-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", randomUUID());
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", randomUUID());
  const handler = apiHandler({
    AWS_REGION: "us-east-1",
    LIBRARY_EXPORT_STATE_MACHINE_ARN: deployment.stepFunctions.stateMachineArn,
    LIBRARY_EXPORT_SYNC_STATE_MACHINE_ARN: deployment.stepFunctions.syncStateMachineArn,
  });
  const input = JSON.stringify({ vcenter: "lab", library: "Golden images", item: "ubuntu" });
  const started = await handler(
    event("POST", "/exports", {
      headers: { "Content-Type": "application/json", "IDEMPOTENCY-KEY": "key" },
      body: Buffer.from(input).toString("base64"),
      isBase64Encoded: true,
    }),
    context,
  );
  expect(started).toMatchObject({
    statusCode: 201,
    headers: { location: expect.stringMatching(/^\/prod\/exports\/key_[0-9a-f]{12}$/) },
  });

  const listed = await handler(
    event("GET", "/exports", { multiValueQueryStringParameters: { limit: ["1"] } }),
    context,
  );
  const { id } = JSON.parse(started.body);
  expect(JSON.parse(listed.body)).toMatchObject({ exports: [{ id }], nextPageToken: null });
});

test("an environment or an event that is wrong is a problem, and no error of the function", async () => {
  const lines: string[] = [];
  const write = vi.spyOn(process.stderr, "write").mockImplementation((line) => lines.push(String(line)) > 0);
  const answers = [
    await apiHandler({})(event("GET", "/exports"), context),
    await apiHandler({
      LIBRARY_EXPORT_STATE_MACHINE_ARN: "arn:aws:states:::stateMachine:x",
      LIBRARY_EXPORT_SYNC_STATE_MACHINE_ARN: "arn:aws:states:::stateMachine:y",
    })({}, context),
  ];
  write.mockRestore();
  for (const { statusCode, headers, body } of answers) {
    expect(statusCode).toBe(500);
    expect(headers["content-type"]).toBe("application/problem+json");
    expect(body).not.toContain("LIBRARY_EXPORT");
  }
  expect(lines[0]).toContain("LIBRARY_EXPORT_STATE_MACHINE_ARN");
  expect(lines[1]).toContain("httpMethod");
});
