import type { Template } from "aws-cdk-lib/assertions";
import { expect, test } from "vitest";
import * as z from "zod";
import { grantsOf, readable } from "./grants.ts";
import { resourceOf, resourcesOf, stackTemplate } from "./synthesis.ts";

const nightly = { vcenter: "lab", library: "Golden images", item: "ubuntu" };
const deadLetters = { "Fn::GetAtt": [expect.stringMatching(/DeadLetters/), "Arn"] };

test("an event starts an export with its detail as the input, or waits among the dead letters", () => {
  const rule = resourceOf(stackTemplate(), "AWS::Events::Rule", /ExportTriggersRequested/);
  expect(rule).toMatchObject({
    EventPattern: { "detail-type": ["Export Requested"] },
    Targets: [
      {
        Arn: { Ref: expect.stringMatching(/WorkflowExportItem/) },
        InputPath: "$.detail",
        DeadLetterConfig: { Arn: deadLetters },
      },
    ],
  });
  expect(rule).not.toHaveProperty("EventBusName");
});

test("the bus can be one of one's own", () => {
  const template = stackTemplate({ eventBusName: "exports" });
  for (const rule of [/ExportTriggersRequested/, /SyncTriggersRequested/]) {
    expect(resourceOf(template, "AWS::Events::Rule", rule).EventBusName).toBe("exports");
  }
});

test("a schedule starts an export in its time zone, with its input", () => {
  // GIVEN
  const schedules = {
    nightly: { expression: "cron(0 2 * * ? *)", timeZone: "Europe/Berlin", input: nightly },
  };
  // WHEN
  const template = stackTemplate({ schedules });
  // THEN
  expect(resourceOf(template, "AWS::Scheduler::Schedule")).toMatchObject({
    ScheduleExpression: "cron(0 2 * * ? *)",
    ScheduleExpressionTimezone: "Europe/Berlin",
    Target: { DeadLetterConfig: { Arn: deadLetters } },
  });
  expect(scheduledStartOf(template)).toEqual({
    operation: "arn:aws:scheduler:::aws-sdk:sfn:startExecution",
    StateMachineArn: "<WorkflowExportItem>",
    // The id is new at each attempt.
    Name: "Golden-images_ubuntu_<aws.scheduler.execution-id>",
    Input: JSON.stringify(nightly),
  });
  expect(grantsOf(template, /SchedulerRole/)).toEqual({
    "sqs:SendMessage": ["<DeadLetters>"],
    "states:StartExecution": ["<WorkflowExportItem>"],
  });
});

const targetSchema = z.object({ Target: z.object({ Arn: z.unknown(), Input: z.unknown() }) });

/** What the one schedule of a template asks of Step Functions, and by which operation. */
function scheduledStartOf(template: Template): object {
  const { Target } = targetSchema.parse(resourceOf(template, "AWS::Scheduler::Schedule"));
  return { operation: readable(Target.Arn), ...JSON.parse(readable(Target.Input)) };
}

test("a library is mirrored by an event and by schedules in the same way", () => {
  // GIVEN
  const input = { vcenter: "lab", library: "Golden images" };
  const syncSchedules = { nightly: { expression: "rate(1 day)", input } };
  // WHEN
  const template = stackTemplate({ syncSchedules });
  // THEN
  const Arn = { Ref: expect.stringMatching(/SyncStateMachine/) };
  expect(resourceOf(template, "AWS::Events::Rule", /SyncTriggersRequested/)).toMatchObject({
    EventPattern: { "detail-type": ["Sync Requested"] },
    Targets: [{ Arn, InputPath: "$.detail", DeadLetterConfig: { Arn: deadLetters } }],
  });
  expect(resourceOf(template, "AWS::Scheduler::Schedule")).toMatchObject({
    ScheduleExpression: "rate(1 day)",
    Target: { DeadLetterConfig: { Arn: deadLetters } },
  });
  expect(scheduledStartOf(template)).toMatchObject({
    StateMachineArn: "<SyncStateMachine>",
    Name: "sync_Golden-images_<aws.scheduler.execution-id>",
    Input: JSON.stringify(input),
  });
});

test("a schedule whose input would fail is refused at synthesis", () => {
  const schedules = { nightly: { expression: "rate(1 day)", input: { vcenter: "lab" } } };
  expect(() => stackTemplate({ schedules })).toThrow(
    expect.objectContaining({ name: "InvalidInput", message: expect.stringContaining("libraryItemId") }),
  );
  const syncSchedules = {
    nightly: { expression: "rate(1 day)", input: { vcenter: "lab", library: "a", libraryId: "b" } },
  };
  expect(() => stackTemplate({ syncSchedules })).toThrow("name either library or libraryId");
});

test("failures are told in a sentence, where that is wanted", () => {
  expect(resourcesOf(stackTemplate(), "AWS::SNS::Topic")).toEqual({});
  // WHEN
  const template = stackTemplate({ notifyFailures: true });
  // THEN
  const exports = resourceOf(template, "AWS::Events::Rule", /ExportFailuresRule/);
  expect(exports.EventPattern).toMatchObject({
    source: ["library-export"],
    "detail-type": ["Export Failed"],
  });
  expect(JSON.stringify(exports.Targets)).toMatch(/The export of item .* failed: <detail-error-name>/);
  const syncs = resourceOf(template, "AWS::Events::Rule", /SyncFailuresRule/);
  expect(syncs.EventPattern).toEqual({ source: ["library-export"], "detail-type": ["Sync Failed"] });
  expect(JSON.stringify(syncs.Targets)).toMatch(/The sync of library .* failed: <detail-error-name>/);
  expect(template.findOutputs("FailureTopicArn")).toMatchObject({
    FailureTopicArn: { Value: { Ref: expect.stringMatching(/Failures/) } },
  });
});

test("an item that fails within a sync is told of by the sync's sentence alone", () => {
  const template = stackTemplate({ notifyFailures: true });
  const { EventPattern } = resourceOf(template, "AWS::Events::Rule", /ExportFailuresRule/);
  // THEN: started by nobody, in an older definition by somebody untold, or by what is no sync.
  const name = { "Fn::GetAtt": [expect.stringMatching(/SyncStateMachine/), "Name"] };
  const ofSync = { "Fn::Join": ["", expect.arrayContaining([":execution:", name, ":"])] };
  expect(EventPattern).toMatchObject({
    detail: { startedBy: [null, { exists: false }, { "anything-but": { prefix: ofSync } }] },
  });
});
