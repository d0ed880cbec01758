import { Duration, Size } from "aws-cdk-lib";
import { RetentionDays } from "aws-cdk-lib/aws-logs";
import { describe, expect, test } from "vitest";
import { parseEnvironment } from "../../functions/lambda/environment.ts";
import { FUNCTION_NAMES, functionOf, type Properties, resourcesOf, stackTemplate } from "./synthesis.ts";

/** With what only a deployment knows filled in. */
function environmentOf(properties: Properties): Record<string, string> {
  const { Variables } = properties.Environment as { Variables: Record<string, unknown> }; // as CloudFormation defines it
  const known = Object.entries(Variables).map(([name, value]) => [
    name,
    JSON.stringify(value) === '{"Ref":"AWS::AccountId"}' ? "123456789012" : value,
  ]);
  return Object.fromEntries(known);
}

describe("every function", () => {
  const template = stackTemplate();

  test.each(FUNCTION_NAMES)("%s runs on Node 24 and arm64, and logs JSON", (name) => {
    expect(functionOf(template, name)).toMatchObject({
      Runtime: "nodejs24.x",
      Architectures: ["arm64"],
      Handler: "index.handler",
      LoggingConfig: { LogFormat: "JSON" },
      Environment: { Variables: { NODE_OPTIONS: "--enable-source-maps" } },
    });
  });

  test.each(FUNCTION_NAMES)("%s has a log group and a role of its own", (name) => {
    const { LoggingConfig, Role } = functionOf(template, name);
    expect(LoggingConfig).toMatchObject({
      LogGroup: { Ref: expect.stringMatching(`Functions${name}Logs`) },
    });
    expect(Role).toEqual({ "Fn::GetAtt": [expect.stringMatching(`Functions${name}Role`), "Arn"] });
  });

  test("there is one for each state that calls one, and no other", () => {
    const ids = Object.keys(resourcesOf(template, "AWS::Lambda::Function"));
    expect(ids.filter((id) => id.startsWith("LibraryExportFunctions"))).toHaveLength(FUNCTION_NAMES.length);
  });

  test("no role has a managed policy", () => {
    const roles = Object.values(resourcesOf(template, "AWS::IAM::Role"));
    expect(roles.map(({ ManagedPolicyArns }) => ManagedPolicyArns)).toEqual(roles.map(() => undefined));
  });
});

test("log groups keep what they hold for half a year, or as long as it is said", () => {
  const periods = (retention?: RetentionDays) =>
    Object.values(resourcesOf(stackTemplate({ logRetention: retention }), "AWS::Logs::LogGroup")).map(
      ({ RetentionInDays }) => RetentionInDays,
    );
  expect(new Set(periods())).toEqual(new Set([180]));
  expect(new Set(periods(RetentionDays.ONE_YEAR))).toEqual(new Set([365]));
  // One for each function and each state machine.
  const template = stackTemplate();
  const loggers = ["AWS::Lambda::Function", "AWS::StepFunctions::StateMachine"].flatMap((type) =>
    Object.keys(resourcesOf(template, type)),
  );
  expect(periods()).toHaveLength(loggers.length);
});

test("TransferFile alone has concurrency reserved, and a processor to itself", () => {
  const template = stackTemplate();
  for (const name of FUNCTION_NAMES) {
    const { ReservedConcurrentExecutions, MemorySize } = functionOf(template, name);
    expect([ReservedConcurrentExecutions, MemorySize]).toEqual(
      name === "TransferFile" ? [10, 1769] : [undefined, 512],
    );
  }
});

test("an account with a small quota can do without the reservation", () => {
  // GIVEN
  const transferConcurrency = "unreserved";
  // WHEN
  const { ReservedConcurrentExecutions } = functionOf(stackTemplate({ transferConcurrency }), "TransferFile");
  // THEN
  expect(ReservedConcurrentExecutions).toBeUndefined();
});

test("the functions understand every setting of the stack", () => {
  // GIVEN
  const template = stackTemplate({
    bucketName: "golden-images",
    destinationBucketNames: ["archive", "mirror"],
    stagingBucketName: "staging",
    defaultPrefix: "vmware/",
    kmsKeyArn: "arn:aws:kms:eu-central-1:123456789012:key/images",
    storageClass: "STANDARD_IA",
    objectTags: { team: "virtualisation" },
    partSize: Size.mebibytes(16),
    prepareTimeout: Duration.hours(2),
    signPayloads: true,
    profileSecrets: "team/vcenter",
    environment: { AWS_ENDPOINT_URL_S3: "https://s3.example.com" },
  });
  // WHEN
  const environment = parseEnvironment(environmentOf(functionOf(template, "TransferFile")));
  // THEN
  expect(environment).toEqual({
    profileSecretPrefix: "team/vcenter/",
    s3Endpoint: "https://s3.example.com",
    signPayloads: true,
    settings: {
      defaultBucket: "golden-images",
      allowedBuckets: ["archive", "mirror"],
      stagingBucket: "staging",
      defaultPrefix: "vmware/",
      expectedBucketOwner: "123456789012",
      kmsKeyId: "arn:aws:kms:eu-central-1:123456789012:key/images",
      storageClass: "STANDARD_IA",
      tags: { team: "virtualisation" },
      partSizeBytes: 16 * 1024 * 1024,
      prepareTimeoutSeconds: 7200,
    },
  });
});

test("without settings, exports go to the new bucket alone, which must be the account's", () => {
  const variables = environmentOf(functionOf(stackTemplate(), "ResolveItem"));
  const { settings } = parseEnvironment({ ...variables, LIBRARY_EXPORT_BUCKET: "new" });
  expect(settings).toEqual({
    defaultBucket: "new",
    allowedBuckets: [],
    defaultPrefix: "",
    expectedBucketOwner: "123456789012",
    tags: {},
    prepareTimeoutSeconds: 86_400,
  });
});

test("the owner of the buckets can be another account, or nobody's business", () => {
  const ownerWith = (bucketOwner: string) =>
    environmentOf(functionOf(stackTemplate({ bucketOwner }), "ResolveItem")).LIBRARY_EXPORT_BUCKET_OWNER;
  expect(ownerWith("210987654321")).toBe("210987654321");
  expect(ownerWith("unchecked")).toBeUndefined();
});
