import { Duration, Size } from "aws-cdk-lib";
import { expect, test } from "vitest";
import { readSettings } from "../../cdk/contextSettings.ts";
import { existingVpc } from "./synthesis.ts";

const context = (settings: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(settings).map(([name, value]) => [`library-export:${name}`, value]));

const nightly = { vcenter: "lab", library: "Golden images", item: "ubuntu" };
const weekly = { vcenter: "lab", library: "Golden images", onDelete: "mark" };

test("without settings the stack has its name and nothing more", () => {
  expect(readSettings({ "aws:cdk:enable-path-metadata": true })).toEqual({ stackName: "LibraryExport" });
});

test("every setting can be given on the command line, where all is text", () => {
  // WHEN
  const settings = readSettings(
    context({
      stackName: "Nightly",
      bucketName: "golden-images",
      destinationBucketNames: "archive,mirror",
      bucketOwner: "unchecked",
      defaultPrefix: "vmware/",
      stagingBucketName: "staging",
      kmsKeyArn: "arn:aws:kms:eu-central-1:123456789012:key/objects",
      storageClass: "STANDARD_IA",
      objectTags: '{"team":"virtualisation"}',
      partSizeMiB: "16",
      signPayloads: "true",
      prepareTimeoutHours: "2",
      profileSecrets: "team/vcenter",
      profileSecretsKeyArn: "arn:aws:kms:eu-central-1:123456789012:key/secrets",
      transferMemoryMiB: "3008",
      transferConcurrency: "4",
      containerRoute: "true",
      vpc: JSON.stringify(existingVpc),
      eventBusName: "exports",
      schedules: JSON.stringify({ nightly: { expression: "rate(1 day)", input: nightly } }),
      syncSchedules: JSON.stringify({ weekly: { expression: "rate(7 days)", input: weekly } }),
      api: '{"vpcEndpointIds":["vpce-0123456789abcdef0"],"throttlingRateLimit":5}',
      notifyFailures: "true",
      expectSuccessWithinHours: "26",
      logRetentionDays: "365",
      noncurrentVersionDays: "90",
      stateMachineName: "export-item",
      environment: '{"AWS_ENDPOINT_URL_S3":"https://s3.example.com"}',
      tags: '{"cost-center":"42"}',
    }),
  );
  // THEN
  expect(settings).toEqual({
    stackName: "Nightly",
    bucketName: "golden-images",
    destinationBucketNames: ["archive", "mirror"],
    bucketOwner: "unchecked",
    defaultPrefix: "vmware/",
    stagingBucketName: "staging",
    kmsKeyArn: "arn:aws:kms:eu-central-1:123456789012:key/objects",
    storageClass: "STANDARD_IA",
    objectTags: { team: "virtualisation" },
    partSize: Size.mebibytes(16),
    signPayloads: true,
    prepareTimeout: Duration.hours(2),
    profileSecrets: "team/vcenter",
    profileSecretsKeyArn: "arn:aws:kms:eu-central-1:123456789012:key/secrets",
    transferMemoryMiB: 3008,
    transferConcurrency: 4,
    containerRoute: true,
    vpc: existingVpc,
    eventBusName: "exports",
    schedules: { nightly: { expression: "rate(1 day)", input: expect.objectContaining(nightly) } },
    syncSchedules: { weekly: { expression: "rate(7 days)", input: expect.objectContaining(weekly) } },
    api: { vpcEndpointIds: ["vpce-0123456789abcdef0"], throttlingRateLimit: 5 },
    notifyFailures: true,
    expectSuccessWithin: Duration.hours(26),
    logRetention: 365,
    noncurrentVersionExpiration: Duration.days(90),
    stateMachineName: "export-item",
    environment: { AWS_ENDPOINT_URL_S3: "https://s3.example.com" },
    tags: { "cost-center": "42" },
  });
});

test("in cdk.json, settings have JSON's own types", () => {
  const settings = { destinationBucketNames: ["archive"], objectTags: { team: "a" }, vpc: existingVpc };
  expect(readSettings(context(settings))).toEqual({ stackName: "LibraryExport", ...settings });
  expect(readSettings(context({ transferConcurrency: 4, signPayloads: false }))).toMatchObject({
    transferConcurrency: 4,
    signPayloads: false,
  });
});

test("concurrency can be left unreserved", () => {
  expect(readSettings(context({ transferConcurrency: "unreserved" })).transferConcurrency).toBe("unreserved");
});

test("a misspelt setting is no silent default", () => {
  expect(() => readSettings(context({ bucketname: "golden-images" }))).toThrow(
    expect.objectContaining({ name: "InvalidInput", message: expect.stringContaining('"bucketname"') }),
  );
});

test.each([
  ["transferConcurrency", "0"],
  ["partSizeMiB", "4"],
  ["logRetentionDays", "100"],
  ["objectTags", "team=virtualisation"],
  ["syncSchedules", '{"weekly":{"expression":"rate(7 days)","input":{"vcenter":"lab"}}}'],
  ["vpc", '{"vpcId":"vpc-0123456789abcdef0"}'],
  ["bucketOwner", "1234"],
])("%s must not be %s", (name, value) => {
  expect(() => readSettings(context({ [name]: value }))).toThrow(
    expect.objectContaining({ name: "InvalidInput", message: expect.stringContaining(name) }),
  );
});
