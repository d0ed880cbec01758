import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { problemSchema } from "../../../functions/api/schemas.ts";
import { apiHandler } from "../../../functions/lambda/apiHandler.ts";
import { type Deployment, openDeployment } from "../../executions/deployments.ts";
import { damagedValue } from "../damage.ts";
import { anyText, anyValue, inPath } from "../text.ts";

/** Those of docs/openapi.json that are not API Gateway's own, and that are not the server's fault. */
const STATUSES = [200, 201, 202, 400, 404, 405, 409, 413, 415];

const context = { awsRequestId: "request-1", functionName: "Api", getRemainingTimeInMillis: () => 1 };

let deployment: Deployment;
let handler: ReturnType<typeof apiHandler>;
beforeAll(async () => {
  deployment = await openDeployment("in AWS Step Functions");
  const { stepFunctions } = deployment;
  vi.stubEnv("AWS_ENDPOINT_URL_SFN", stepFunctions.url);
  vi.stubEnv("AWS_REGION", "us-east-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", randomUUID());
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", randomUUID());
  handler = apiHandler({
    LIBRARY_EXPORT_STATE_MACHINE_ARN: stepFunctions.stateMachineArn,
    LIBRARY_EXPORT_SYNC_STATE_MACHINE_ARN: stepFunctions.syncStateMachineArn,
  });
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await deployment?.[Symbol.asyncDispose]();
});

const method = fc.constantFrom("GET", "POST", "DELETE", "PUT", "");
const collection = fc.constantFrom("/exports", "/syncs");
const path = fc.oneof(
  collection,
  fc.tuple(collection, inPath).map((parts) => parts.join("/")),
  fc.tuple(fc.constantFrom("/v1", "/archive/v1"), collection).map((parts) => parts.join("")),
  anyText,
);
const headers = fc.dictionary(
  fc.oneof(fc.constantFrom("Content-Type", "idempotency-key", "__proto__"), anyText),
  fc.option(fc.oneof(fc.constantFrom("application/json", "nightly"), anyText)),
  { maxKeys: 3 },
);
const query = fc.dictionary(
  fc.oneof(fc.constantFrom("limit", "state", "pageToken", "__proto__"), anyText),
  fc.option(fc.array(fc.oneof(fc.constantFrom("1", "RUNNING"), anyText), { maxLength: 2 })),
  { maxKeys: 3 },
);
// No such vCenter is configured: what is taken ends at once.
const input = JSON.stringify({ vcenter: "nowhere", library: "a", item: "b" });

/** What API Gateway sends, with null or nothing where a client has sent nothing. */
const event = fc.record(
  {
    httpMethod: method,
    path,
    resource: fc.option(fc.oneof(fc.constantFrom("/exports", "/exports/{id}", "/{proxy+}", "/"), anyText)),
    headers: fc.option(headers),
    multiValueQueryStringParameters: fc.option(query),
    body: fc.option(fc.oneof(fc.constant(input), anyText)),
    isBase64Encoded: fc.option(fc.boolean()),
    requestContext: fc.option(fc.record({ path: fc.option(path), stage: anyText }, { requiredKeys: [] })),
  },
  { requiredKeys: ["httpMethod", "path"] },
);

describe("the function behind API Gateway", () => {
  let complaints: string[];
  beforeEach(() => {
    complaints = [];
    vi.spyOn(process.stderr, "write").mockImplementation((line) => complaints.push(String(line)) > 0);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  async function requireSense(sent: unknown): Promise<number> {
    const { statusCode, body } = await handler(sent, context);
    expect(complaints).toEqual([]);
    expect(STATUSES).toContain(statusCode);
    if (statusCode >= 400)
      expect(problemSchema.parse(JSON.parse(body))).toMatchObject({ status: statusCode });
    return statusCode;
  }

  test("answers every event of API Gateway, whatever the client has sent or left out", async () => {
    await fc.assert(fc.asyncProperty(event, async (sent) => void (await requireSense(sent))));
  });

  test("refuses or answers every event with another value in a field", async () => {
    const other = fc.oneof({ weight: 4, arbitrary: damagedValue(event) }, anyValue);
    await fc.assert(fc.asyncProperty(other, async (sent) => void (await requireSense(sent))));
  });

  test("takes the same request with and without a custom domain's base path for the same", async () => {
    const base = fc.constantFrom("/v1", "/archive/v1", "/exports", "/exports/exports");
    const segments = inPath.filter((id) => id !== "" && !/[/?]/.test(id));
    await fc.assert(
      fc.asyncProperty(base, collection, segments, async (base, collection, id) => {
        const path = `${collection}/${id}`;
        const sent = { httpMethod: "GET", path, resource: `${collection}/{id}` };
        const behind = { ...sent, path: base + path, requestContext: { path: base + path } };
        expect(await handler(behind, context)).toEqual(await handler(sent, context));
      }),
    );
  });
});
