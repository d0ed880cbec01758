import type { Template } from "aws-cdk-lib/assertions";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { openApi } from "../../docs/pages/openapi.ts";
import { problemSchema } from "../../functions/api/schemas.ts";
import { grantsOf } from "./grants.ts";
import { existingVpc, resourceOf, resourcesOf, stackTemplate } from "./synthesis.ts";

const endpoint = "vpce-0123456789abcdef0";

test("a stack has no API unless one is wanted", () => {
  for (const props of [{}, { api: false }]) {
    const template = stackTemplate(props);
    template.resourceCountIs("AWS::ApiGateway::RestApi", 0);
    template.resourceCountIs("AWS::ApiGateway::Account", 0);
    expect(template.findOutputs("ApiUrl")).toEqual({});
  }
});

describe("the API of a stack", () => {
  // GIVEN
  const template = stackTemplate({ api: true, bucketName: "images", destinationBucketNames: ["archive"] });

  test("has the paths and methods of its description, each for signed requests alone", () => {
    const { paths } = openApi("") as { paths: Record<string, object> }; // as OpenAPI defines it
    const described = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations)
        .filter((name) => name !== "parameters")
        .map((method) => `${method.toUpperCase()} ${path}`),
    );
    const methods = Object.values(resourcesOf(template, "AWS::ApiGateway::Method"));
    const pathOf = pathsOf(template);
    const deployed = methods.map((method) => `${method.HttpMethod} ${pathOf(method.ResourceId)}`);
    expect(deployed.sort()).toEqual(described.sort());
    for (const method of methods) {
      expect(method).toMatchObject({ AuthorizationType: "AWS_IAM", Integration: { Type: "AWS_PROXY" } });
    }
  });

  test("has an address in its region, which is an output", () => {
    expect(resourceOf(template, "AWS::ApiGateway::RestApi")).toMatchObject({
      EndpointConfiguration: { Types: ["REGIONAL"] },
    });
    expect(resourceOf(template, "AWS::ApiGateway::RestApi")).not.toHaveProperty("Policy");
    const outputs = Object.entries(template.findOutputs("*")).filter(([, { Value }]) =>
      JSON.stringify(Value).includes("execute-api"),
    );
    expect(outputs.map(([name]) => name)).toEqual(["ApiUrl"]);
  });

  test("has its requests limited, traced, and logged for half a year without what they say", () => {
    const stage = resourceOf(template, "AWS::ApiGateway::Stage");
    expect(stage).toMatchObject({
      TracingEnabled: true,
      MethodSettings: [
        {
          HttpMethod: "*",
          ResourcePath: "/*",
          DataTraceEnabled: false,
          ThrottlingRateLimit: 10,
          ThrottlingBurstLimit: 20,
        },
      ],
      AccessLogSetting: {
        DestinationArn: { "Fn::GetAtt": [expect.stringMatching(/ApiAccessLogs/), "Arn"] },
        Format: expect.stringContaining('"status":"$context.status"'),
      },
    });
    expect(resourceOf(template, "AWS::Logs::LogGroup", /ApiAccessLogs/)).toMatchObject({
      RetentionInDays: 180,
    });
  });

  test("runs a function that knows the state machines, and is given up by API Gateway no sooner than by Lambda", () => {
    expect(resourceOf(template, "AWS::Lambda::Function", /ApiFunction/)).toMatchObject({
      Timeout: 29,
      Environment: {
        Variables: {
          LIBRARY_EXPORT_BUCKET: "images",
          LIBRARY_EXPORT_STATE_MACHINE_ARN: { Ref: expect.stringMatching(/WorkflowExportItem/) },
          LIBRARY_EXPORT_SYNC_STATE_MACHINE_ARN: { Ref: expect.stringMatching(/SyncStateMachine/) },
        },
      },
    });
  });

  test("starts, reads and stops exports and syncs, reads run records, and may do nothing else", () => {
    const machines = ["<SyncStateMachine>", "<WorkflowExportItem>"];
    const executions = machines.map((name) => `arn:aws:states:REGION:ACCOUNT:execution:${name}:*`);
    const buckets = ["arn:aws:s3:::archive", "arn:aws:s3:::images"];
    expect(grantsOf(template, /ExportApiRole/)).toEqual({
      "logs:CreateLogStream": ["<ApiLogs>"],
      "logs:PutLogEvents": ["<ApiLogs>"],
      "s3:ListBucket": buckets,
      "s3:GetObject": buckets.map((bucket) => `${bucket}/*.library-export/runs/*`),
      "states:StartExecution": machines,
      "states:ListExecutions": machines,
      "states:DescribeExecution": executions,
      "states:GetExecutionHistory": executions,
      "states:StopExecution": executions,
      "states:DescribeMapRun": ["arn:aws:states:REGION:ACCOUNT:mapRun:<SyncStateMachine>/*"],
      "xray:PutTraceSegments": ["*"],
      "xray:PutTelemetryRecords": ["*"],
    });
  });
});

test("encrypted run records are read by their key, and the key of the secrets is not touched", () => {
  // GIVEN
  const kmsKeyArn = "arn:aws:kms:eu-central-1:123456789012:key/objects";
  const profileSecretsKeyArn = "arn:aws:kms:eu-central-1:123456789012:key/secrets";
  const template = stackTemplate({ api: true, bucketName: "images", kmsKeyArn, profileSecretsKeyArn });
  // WHEN
  const grants = grantsOf(template, /ExportApiRole/);
  // THEN
  expect(grants["kms:Decrypt"]).toEqual([kmsKeyArn]);
  expect(grants).not.toHaveProperty("kms:GenerateDataKey");
});

test("in a VPC the function is there with the others", () => {
  const template = stackTemplate({ api: true, vpc: existingVpc });
  expect(resourceOf(template, "AWS::Lambda::Function", /ApiFunction/)).toMatchObject({
    VpcConfig: { SubnetIds: existingVpc.subnetIds },
  });
});

test("a private API answers through the given endpoints alone, and there too only those whom IAM allows", () => {
  // WHEN
  const template = stackTemplate({ api: { vpcEndpointIds: [endpoint] } });
  // THEN
  expect(resourceOf(template, "AWS::ApiGateway::RestApi")).toMatchObject({
    EndpointConfiguration: { Types: ["PRIVATE"], VpcEndpointIds: [endpoint] },
    Policy: {
      Statement: [
        {
          Effect: "Allow",
          // Of the account itself: to allow "*" would allow everybody in it, whatever IAM says.
          Principal: {
            AWS: { "Fn::Join": ["", expect.arrayContaining([{ Ref: "AWS::AccountId" }, ":root"])] },
          },
        },
        {
          Effect: "Deny",
          Principal: { AWS: "*" },
          Condition: { StringNotEquals: { "aws:SourceVpce": [endpoint] } },
        },
      ],
    },
  });
});

test("the limits are those that are given", () => {
  const template = stackTemplate({ api: { throttlingRateLimit: 3, throttlingBurstLimit: 4 } });
  expect(resourceOf(template, "AWS::ApiGateway::Stage")).toMatchObject({
    MethodSettings: [{ ThrottlingRateLimit: 3, ThrottlingBurstLimit: 4 }],
  });
});

test("the account's role for access logs is set and outlives the stack, or is left as it is", () => {
  const accounts = (cloudWatchRole?: boolean) =>
    Object.values(
      stackTemplate({ api: { ...(cloudWatchRole !== undefined && { cloudWatchRole }) } }).findResources(
        "AWS::ApiGateway::Account",
      ),
    );
  expect(accounts()).toEqual([expect.objectContaining({ DeletionPolicy: "Retain" })]);
  expect(accounts(false)).toEqual([]);
});

describe("what API Gateway answers by itself", () => {
  const template = stackTemplate({ api: true });
  const responses = Object.values(resourcesOf(template, "AWS::ApiGateway::GatewayResponse")).map(
    (properties) => gatewayResponseSchema.parse(properties),
  );

  test.each(
    responses.map((response) => [response.ResponseType, response] as const),
  )("%s is a problem as the function's own are, of the status that it is sent with", (_type, {
    StatusCode,
    ResponseParameters,
    ResponseTemplates,
  }) => {
    // WHEN API Gateway fills in its message
    const body = Object.values(ResponseTemplates).map((template) =>
      template.replace("$context.error.messageString", '"Forbidden"'),
    );
    // THEN
    expect(body.map((text) => problemSchema.parse(JSON.parse(text)))).toMatchObject([
      { status: Number(StatusCode), detail: "Forbidden" },
    ]);
    expect(ResponseParameters).toEqual({
      "gatewayresponse.header.Content-Type": "'application/problem+json'",
    });
  });

  test("is in the description of every operation", () => {
    const { paths } = openApi("") as { paths: Record<string, Record<string, object>> }; // as OpenAPI defines it
    const operations = Object.values(paths).flatMap(({ parameters: _parameters, ...methods }) =>
      Object.values(methods).map((operation) => operationSchema.parse(operation)),
    );
    expect(operations.length).toBeGreaterThanOrEqual(4);
    const statuses = responses
      .filter(({ ResponseType }) => MET_BY_ANY_REQUEST.includes(ResponseType))
      .map(({ StatusCode }) => StatusCode);
    expect(statuses).toHaveLength(MET_BY_ANY_REQUEST.length);
    for (const { responses } of operations) {
      expect(Object.keys(responses)).toEqual(expect.arrayContaining(statuses));
    }
  });

  test("is told for whatever it may be", () => {
    expect(responses.map(({ ResponseType }) => ResponseType)).toEqual(
      expect.arrayContaining(["DEFAULT_4XX", "DEFAULT_5XX"]),
    );
  });
});

/** The others are for authorizers, validators and paths that this API has not. */
const MET_BY_ANY_REQUEST = [
  ...["DEFAULT_4XX", "DEFAULT_5XX", "ACCESS_DENIED", "EXPIRED_TOKEN", "INVALID_SIGNATURE"],
  ...["MISSING_AUTHENTICATION_TOKEN", "THROTTLED", "INTEGRATION_FAILURE", "INTEGRATION_TIMEOUT"],
];

const operationSchema = z.object({ responses: z.record(z.string(), z.unknown()) });

const gatewayResponseSchema = z.object({
  ResponseType: z.string(),
  StatusCode: z.string(),
  ResponseParameters: z.record(z.string(), z.string()),
  ResponseTemplates: z.record(z.string(), z.string()),
});

/** The path of a resource by the reference to it. */
function pathsOf(template: Template): (reference: unknown) => string {
  const resources = resourcesOf(template, "AWS::ApiGateway::Resource");
  return function path(reference: unknown): string {
    const { Ref = "" } = reference as { Ref?: string }; // CDK refers to resources in no other way; the root has no Ref
    const resource = resources[Ref];
    return resource === undefined ? "" : `${path(resource.ParentId)}/${resource.PathPart}`;
  };
}
