import { describe, expect, test } from "vitest";
import type { FunctionName } from "../../cdk/libraryExport.ts";
import { type Grants, grantsOf } from "./grants.ts";
import { existingVpc, FUNCTION_NAMES, resourcesOf, stackTemplate } from "./synthesis.ts";

/** Each action that a function may have, and what it is needed for. */
const REASONS: Record<string, string> = {
  "logs:CreateLogStream": "a stream for each sandbox, in the function's own log group",
  "logs:PutLogEvents": "the function's log lines",
  "xray:PutTraceSegments": "the function's part of an execution's trace",
  "xray:PutTelemetryRecords": "the same",
  "secretsmanager:GetSecretValue": "the vCenter profile that the input names",
  "s3:ListBucket":
    "HEAD of the bucket, listing a run's records, and 404 in place of 403 for a missing object",
  "s3:GetBucketObjectLockConfiguration": "whether staging objects would be locked",
  "s3:GetObject": "HEAD of exported objects, manifests, run records, and the source of a copy",
  "s3:GetObjectVersion": "the very version of a staging object that was verified",
  "s3:PutObject": "every kind of upload, and the copy inside S3; manifests and run records",
  "s3:PutObjectTagging": "tags of exported objects, where there are any",
  "s3:AbortMultipartUpload": "an upload that failed",
  "s3:ListMultipartUploadParts": "resuming an upload; seeing that an aborted one is gone",
  "s3:ListBucketMultipartUploads": "an upload to a staging key whose id was lost with a function",
  "s3:ListBucketVersions": "versions of a staging object",
  "s3:DeleteObject": "run records, and staging objects in a bucket without versions",
  "s3:DeleteObjectVersion": "staging objects: a delete marker alone would keep their bytes",
  "kms:Decrypt": "reading objects and secrets; S3 reads the parts of an upload to complete it",
  "kms:GenerateDataKey": "writing objects",
  "ec2:CreateNetworkInterface": "the function's place in the VPC",
  "ec2:DescribeNetworkInterfaces": "the same",
  "ec2:DescribeSubnets": "the same",
  "ec2:DeleteNetworkInterface": "the same",
  "ec2:AssignPrivateIpAddresses": "the same",
  "ec2:UnassignPrivateIpAddresses": "the same",
};

const IMAGES = "arn:aws:s3:::images";
const STAGING = "arn:aws:s3:::staging";
const RUNS = `${IMAGES}/*.library-export/runs/*`;
const STAGED = `${STAGING}/*.library-export/staging/*`;

const tracing: Grants = { "xray:PutTraceSegments": ["*"], "xray:PutTelemetryRecords": ["*"] };

const everywhere = (name: FunctionName): Grants => ({
  "logs:CreateLogStream": [`<Functions${name}Logs>`],
  "logs:PutLogEvents": [`<Functions${name}Logs>`],
  "secretsmanager:GetSecretValue": ["arn:aws:secretsmanager:REGION:ACCOUNT:secret:library-export/vcenter/*"],
  "s3:ListBucket": [IMAGES],
  ...tracing,
});

const keepingRecords: Grants = { "s3:GetObject": [RUNS], "s3:PutObject": [RUNS] };

const cleaningUp: Grants = {
  "s3:AbortMultipartUpload": [`${IMAGES}/*`, STAGED],
  "s3:ListMultipartUploadParts": [`${IMAGES}/*`, STAGED],
  "s3:ListBucketMultipartUploads": [STAGING],
  "s3:ListBucketVersions": [STAGING],
  "s3:DeleteObjectVersion": [STAGED],
};

const expected: Record<FunctionName, Grants> = {
  ResolveItem: { "s3:GetObject": [`${IMAGES}/*`] },
  PrepareFile: keepingRecords,
  PollFile: keepingRecords,
  TransferFile: {
    ...cleaningUp,
    "s3:GetObject": [`${IMAGES}/*`, RUNS, STAGED],
    "s3:PutObject": [`${IMAGES}/*`, RUNS, STAGED],
    "s3:PutObjectTagging": [`${IMAGES}/*`],
    "s3:ListBucketMultipartUploads": [IMAGES, STAGING],
    "s3:GetObjectVersion": [STAGED],
    "s3:DeleteObject": [STAGED],
  },
  CompleteFile: { ...keepingRecords, ...cleaningUp },
  AbortFile: { ...keepingRecords, ...cleaningUp },
  FinishItem: {
    ...cleaningUp,
    "s3:GetObject": [`${IMAGES}/*`, RUNS],
    "s3:PutObject": [`${IMAGES}/*.export.json`, RUNS],
    "s3:DeleteObject": [RUNS],
  },
};

describe("in a stack with a staging bucket and tags", () => {
  // GIVEN
  const template = stackTemplate({
    bucketName: "images",
    stagingBucketName: "staging",
    objectTags: { team: "virtualisation" },
  });

  test.each(FUNCTION_NAMES)("%s may do what it needs, and nothing else", (name) => {
    // WHEN
    const grants = grantsOf(template, new RegExp(`Functions${name}Role`));
    // THEN
    expect(grants).toEqual({ ...everywhere(name), ...expected[name] });
  });
});

test("every action of a function is on the list of reasons, and every reason is that of an action", () => {
  // GIVEN everything that asks for a permission
  const template = stackTemplate({
    bucketName: "images",
    objectTags: { team: "virtualisation" },
    kmsKeyArn: "arn:aws:kms:eu-central-1:123456789012:key/objects",
    vpc: existingVpc,
  });
  // WHEN
  const actions = FUNCTION_NAMES.flatMap((name) =>
    Object.keys(grantsOf(template, new RegExp(`Functions${name}Role`))),
  );
  // THEN
  expect([...new Set(actions)].sort()).toEqual(Object.keys(REASONS).sort());
});

test("every allowed bucket is one that the functions may write to, and staging is in the destination", () => {
  // GIVEN
  const template = stackTemplate({ bucketName: "images", destinationBucketNames: ["archive"] });
  // WHEN
  const grants = grantsOf(template, /FunctionsTransferFileRole/);
  // THEN
  expect(grants["s3:ListBucket"]).toEqual(["arn:aws:s3:::archive", IMAGES]);
  expect(grants["s3:PutObject"]).toEqual(
    ["arn:aws:s3:::archive", IMAGES].flatMap((bucket) =>
      ["", ".library-export/runs/*", ".library-export/staging/*"].map((keys) => `${bucket}/*${keys}`),
    ),
  );
  expect(grants["s3:DeleteObjectVersion"]).toEqual([
    "arn:aws:s3:::archive/*.library-export/staging/*",
    `${IMAGES}/*.library-export/staging/*`,
  ]);
});

test("objects without tags need no right to tag", () => {
  const grants = grantsOf(stackTemplate({ bucketName: "images" }), /FunctionsTransferFileRole/);
  expect(grants).not.toHaveProperty("s3:PutObjectTagging");
});

test("keys are used by every function, each for its purpose", () => {
  // GIVEN
  const kmsKeyArn = "arn:aws:kms:eu-central-1:123456789012:key/objects";
  const profileSecretsKeyArn = "arn:aws:kms:eu-central-1:123456789012:key/secrets";
  const template = stackTemplate({ bucketName: "images", kmsKeyArn, profileSecretsKeyArn });
  for (const name of FUNCTION_NAMES) {
    // WHEN
    const grants = grantsOf(template, new RegExp(`Functions${name}Role`));
    // THEN
    expect(grants["kms:Decrypt"]).toEqual([kmsKeyArn, profileSecretsKeyArn]);
    expect(grants["kms:GenerateDataKey"]).toEqual(name === "ResolveItem" ? undefined : [kmsKeyArn]);
  }
});

test("the state machine may call its functions, tell of the end, start its own children, log and trace", () => {
  const unscoped = ["*"]; // CloudWatch Logs' deliveries and X-Ray know no resource
  expect(grantsOf(stackTemplate(), /WorkflowExportItemRole/)).toEqual({
    "lambda:InvokeFunction": [...FUNCTION_NAMES].sort().map((name) => `<Functions${name}Function>`),
    "events:PutEvents": ["arn:aws:events:REGION:ACCOUNT:event-bus/default"],
    "states:StartExecution": ["<WorkflowExportItem>"],
    "states:DescribeExecution": ["arn:aws:states:REGION:ACCOUNT:execution:<WorkflowExportItem>:*"],
    "states:StopExecution": ["arn:aws:states:REGION:ACCOUNT:execution:<WorkflowExportItem>:*"],
    "logs:CreateLogDelivery": unscoped,
    "logs:GetLogDelivery": unscoped,
    "logs:UpdateLogDelivery": unscoped,
    "logs:DeleteLogDelivery": unscoped,
    "logs:ListLogDeliveries": unscoped,
    "logs:PutResourcePolicy": unscoped,
    "logs:DescribeResourcePolicies": unscoped,
    "logs:DescribeLogGroups": unscoped,
    "xray:PutTraceSegments": unscoped,
    "xray:PutTelemetryRecords": unscoped,
    "xray:GetSamplingRules": unscoped,
    "xray:GetSamplingTargets": unscoped,
  });
});

test("the state machine does not wait for the policy that names it", () => {
  // GIVEN
  const template = stackTemplate();
  const [policyId] = Object.keys(template.findResources("AWS::IAM::Policy")).filter((id) =>
    id.includes("ExportItemChildren"),
  );
  // WHEN
  const stateMachine = Object.entries(template.findResources("AWS::StepFunctions::StateMachine")).find(
    ([id]) => id.includes("ExportItem"),
  )?.[1];
  // THEN
  expect(policyId).toBeDefined();
  expect(stateMachine?.DependsOn).toBeDefined();
  expect(stateMachine?.DependsOn).not.toContain(policyId);
  expect(JSON.stringify(stateMachine)).not.toContain(policyId);
});

test("a role is for its service alone", () => {
  const template = stackTemplate();
  for (const [id, { AssumeRolePolicyDocument }] of Object.entries(resourcesOf(template, "AWS::IAM::Role"))) {
    const service = /EventsRole/.test(id)
      ? "events.amazonaws.com"
      : /(ExportItem|StateMachine)Role/.test(id)
        ? "states.amazonaws.com"
        : "lambda.amazonaws.com";
    expect([id, AssumeRolePolicyDocument]).toMatchObject([
      id,
      { Statement: [{ Action: "sts:AssumeRole", Effect: "Allow", Principal: { Service: service } }] },
    ]);
  }
});
