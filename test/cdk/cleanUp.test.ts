import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, test } from "vitest";
import cleanUp from "../../statemachine/clean-up.asl.json" with { type: "json" };
import { grantsOf } from "./grants.ts";
import { resourceOf, stackTemplate } from "./synthesis.ts";

const template = stackTemplate({ bucketName: "images", stagingBucketName: "staging" });
const executions = "arn:aws:states:REGION:ACCOUNT:execution:<WorkflowExportItem>:*";
const syncs = "arn:aws:states:REGION:ACCOUNT:execution:<SyncStateMachine>:*";

describe.each([
  ["an export", /CleanUpExportsAtEnd/, /WorkflowExportItem/, /CleanUpExportsStateMachine/],
  ["a sync", /CleanUpSyncsAtEnd/, /SyncStateMachine/, /CleanUpSyncsStateMachine/],
])("whatever ends %s before its time starts its clean-up", (_what, id, ended, cleanUp) => {
  const rule = resourceOf(template, "AWS::Events::Rule", id);

  test("by Step Functions' own event, of this state machine alone", () => {
    expect(rule.EventPattern).toEqual({
      source: ["aws.states"],
      "detail-type": ["Step Functions Execution Status Change"],
      detail: {
        stateMachineArn: [{ Ref: expect.stringMatching(ended) }],
        status: ["ABORTED", "TIMED_OUT", "FAILED"],
      },
    });
  });

  test("which tells it the execution, and waits in a queue when it cannot be delivered", () => {
    expect(rule.Targets).toEqual([
      expect.objectContaining({
        Arn: { Ref: expect.stringMatching(cleanUp) },
        InputTransformer: {
          InputPathsMap: { "detail-executionArn": "$.detail.executionArn" },
          InputTemplate: '{"executionArn":<detail-executionArn>}',
        },
        DeadLetterConfig: { Arn: { "Fn::GetAtt": [expect.stringMatching(/DeadLetters/), "Arn"] } },
      }),
    ]);
  });
});

test("once a day a sweep looks for what was lost", () => {
  const rule = resourceOf(template, "AWS::Events::Rule", /CleanUpDaily/);
  expect(rule).toMatchObject({
    ScheduleExpression: "rate(1 day)",
    Targets: [{ Arn: { "Fn::GetAtt": [expect.stringMatching(/SweepRunsFunction/), "Arn"] } }],
  });
});

test.each([
  /CleanUpExportsCleanUpFunction/,
  /CleanUpSyncsCleanUpSyncFunction/,
])("%s has a minute less than its states wait for it, and knows the state machines", (id) => {
  const properties = resourceOf(template, "AWS::Lambda::Function", id);
  expect(properties).toMatchObject({
    Environment: {
      Variables: {
        LIBRARY_EXPORT_STATE_MACHINE_ARN: { Ref: expect.stringMatching(/WorkflowExportItem/) },
        LIBRARY_EXPORT_SYNC_STATE_MACHINE_ARN: { Ref: expect.stringMatching(/SyncStateMachine/) },
      },
    },
  });
  const { CleanUp, CleanUpAgain } = cleanUp.States;
  expect([CleanUp.TimeoutSeconds, CleanUpAgain.TimeoutSeconds]).toEqual([
    Number(properties.Timeout) + 60,
    Number(properties.Timeout) + 60,
  ]);
});

test("CleanUp removes uploads, staging objects and records, and publishes nothing", () => {
  const staged = "arn:aws:s3:::staging/*.library-export/staging/*";
  const runs = "arn:aws:s3:::images/*.library-export/runs/*";
  expect(grantsOf(template, /CleanUpExportsCleanUpRole/)).toEqual({
    "logs:CreateLogStream": ["<CleanUpExportsCleanUpLogs>"],
    "logs:PutLogEvents": ["<CleanUpExportsCleanUpLogs>"],
    "secretsmanager:GetSecretValue": [
      "arn:aws:secretsmanager:REGION:ACCOUNT:secret:library-export/vcenter/*",
    ],
    "s3:ListBucket": ["arn:aws:s3:::images"],
    "s3:GetObject": [runs],
    "s3:PutObject": [runs],
    "s3:DeleteObject": [runs],
    "s3:DeleteObjectVersion": [staged],
    "s3:ListBucketVersions": ["arn:aws:s3:::staging"],
    "s3:ListBucketMultipartUploads": ["arn:aws:s3:::staging"],
    "s3:AbortMultipartUpload": ["arn:aws:s3:::images/*", staged],
    "s3:ListMultipartUploadParts": ["arn:aws:s3:::images/*", staged],
    "states:DescribeExecution": [executions],
    "states:GetExecutionHistory": [executions],
    "xray:PutTraceSegments": ["*"],
    "xray:PutTelemetryRecords": ["*"],
  });
});

test("CleanUpSync stops exports, and finishes a sync as FinishSync does", () => {
  const grants = grantsOf(template, /CleanUpSyncsCleanUpSyncRole/);
  expect(grants).toMatchObject({
    "states:DescribeExecution": [syncs, executions],
    "states:GetExecutionHistory": [syncs],
    "states:ListExecutions": ["<WorkflowExportItem>"],
    "states:StopExecution": [executions],
  });
  const finishing = grantsOf(template, /SyncFinishSyncRole/);
  const s3 = (action: string) => [finishing[action] ?? [], grants[action] ?? []] as const;
  const [finished, cleanedUp] = s3("s3:PutObject");
  expect(cleanedUp.filter((resource) => !finished.includes(resource))).toEqual([
    "arn:aws:s3:::images/*.library-export/runs/*",
  ]);
  expect(s3("s3:DeleteObject")[1]).toEqual(s3("s3:DeleteObject")[0]);
  expect(grants).not.toHaveProperty("secretsmanager:GetSecretValue");
});

test("SweepRuns looks, and starts the clean-up: it removes nothing and reads no secret", () => {
  expect(grantsOf(template, /CleanUpSweepRunsRole/)).toEqual({
    "logs:CreateLogStream": ["<CleanUpSweepRunsLogs>"],
    "logs:PutLogEvents": ["<CleanUpSweepRunsLogs>"],
    "s3:ListBucket": ["arn:aws:s3:::images"],
    "states:ListExecutions": ["<SyncStateMachine>", "<WorkflowExportItem>"],
    "states:DescribeExecution": [syncs, executions],
    "states:GetExecutionHistory": [syncs, executions],
    "xray:PutTraceSegments": ["*"],
    "xray:PutTelemetryRecords": ["*"],
    "states:StartExecution": ["<CleanUpExportsStateMachine>", "<CleanUpSyncsStateMachine>"],
  });
});

test("the clean-up's state machine calls its function, tells of the end, and does nothing else", () => {
  const {
    "lambda:InvokeFunction": invoked,
    "events:PutEvents": buses,
    ...logs
  } = grantsOf(template, /CleanUpExportsStateMachineRole/);
  expect(invoked).toEqual(["<CleanUpExportsCleanUpFunction>"]);
  expect(buses).toEqual(["arn:aws:events:REGION:ACCOUNT:event-bus/default"]);
  expect(Object.keys(logs).filter((action) => !/^(logs|xray):/.test(action))).toEqual([]);
});

test("dead letters are kept for two weeks, encrypted, and taken over TLS alone", () => {
  template.hasResourceProperties("AWS::SQS::Queue", {
    MessageRetentionPeriod: 1_209_600,
    SqsManagedSseEnabled: true,
  });
  template.hasResourceProperties("AWS::SQS::QueuePolicy", {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } }),
      ]),
    },
  });
});
