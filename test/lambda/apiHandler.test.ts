import { randomUUID } from "node:crypto";
import { afterEach, expect, test, vi } from "vitest";
import { apiHandler } from "../../functions/lambda/apiHandler.ts";
import { type Deployment, openDeployment } from "../executions/deployments.ts";

const context = { awsRequestId: "request-1", functionName: "Api", getRemainingTimeInMillis: () => 1 };

/** As API Gateway's REST API with Lambda proxy integration sends it, in so far as it is looked at. */
function event(httpMethod: string, path: string, fields: Record<string, unknown> = {}) {
  return {
    resource: path.replace(/(?<=.)\/.+/, "/{id}"),
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

const MACHINES = {
  AWS_REGION: "us-east-1",
  LIBRARY_EXPORT_STATE_MACHINE_ARN: "arn:aws:states:::stateMachine:x",
  LIBRARY_EXPORT_SYNC_STATE_MACHINE_ARN: "arn:aws:states:::stateMachine:y",
};

function deployedHandler({ stepFunctions }: Deployment) {
  vi.stubEnv("AWS_ENDPOINT_URL_SFN", stepFunctions.url);
  vi.stubEnv("AWS_REGION", "us-east-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", randomUUID());
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", randomUUID());
  return apiHandler({
    ...MACHINES,
    LIBRARY_EXPORT_STATE_MACHINE_ARN: stepFunctions.stateMachineArn,
    LIBRARY_EXPORT_SYNC_STATE_MACHINE_ARN: stepFunctions.syncStateMachineArn,
  });
}

/** A start as a client sends it. */
const UBUNTU = {
  headers: { "Content-Type": "application/json", "IDEMPOTENCY-KEY": "key" },
  body: Buffer.from(JSON.stringify({ vcenter: "lab", library: "Golden images", item: "ubuntu" })).toString(
    "base64",
  ),
  isBase64Encoded: true,
};

test("events of API Gateway become requests, and answers its results", async () => {
  await using deployment = await openDeployment("in AWS Step Functions");
  const handler = deployedHandler(deployment);
  const started = await handler(event("POST", "/exports", UBUNTU), context);
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

test("a custom domain's base path stands before the API's own paths, in the event and in the location", async () => {
  await using deployment = await openDeployment("in AWS Step Functions");
  const handler = deployedHandler(deployment);
  const base = { path: "/archive/v1/exports", requestContext: { path: "/archive/v1/exports" } };
  const started = await handler(event("POST", "/exports", { ...base, ...UBUNTU }), context);
  expect(started).toMatchObject({
    statusCode: 201,
    headers: { location: expect.stringMatching(/^\/archive\/v1\/exports\/key_[0-9a-f]{12}$/) },
  });

  const path = String(started.headers.location);
  const shown = await handler(event("GET", "/exports/x", { path, requestContext: { path } }), context);
  expect(shown.statusCode).toBe(200);
});

test("an environment that is wrong is the deployment's problem, of which only the log tells", async () => {
  const lines: string[] = [];
  const write = vi.spyOn(process.stderr, "write").mockImplementation((line) => lines.push(String(line)) > 0);
  const { statusCode, headers, body } = await apiHandler({})(event("GET", "/exports"), context);
  write.mockRestore();
  expect(statusCode).toBe(500);
  expect(headers["content-type"]).toBe("application/problem+json");
  expect(body).not.toContain("LIBRARY_EXPORT");
  expect(lines[0]).toContain("LIBRARY_EXPORT_STATE_MACHINE_ARN");
});

test.each([
  { what: "no event at all", sent: {}, field: "httpMethod" },
  { what: "an HTTP API's", sent: { version: "2.0", rawPath: "/exports" }, field: "path" },
  {
    what: "one written by hand",
    sent: event("POST", "/exports", { body: { vcenter: "lab" } }),
    field: "body",
  },
])("$what is refused by the field that is wrong about it", async ({ sent, field }) => {
  const { statusCode, headers, body } = await apiHandler(MACHINES)(sent, context);
  expect(statusCode).toBe(400);
  expect(headers["content-type"]).toBe("application/problem+json");
  expect(JSON.parse(body)).toMatchObject({ name: "InvalidInput", detail: expect.stringContaining(field) });
});
