import { expect, test } from "vitest";
import { resourceOf, resourcesOf, stackTemplate } from "./synthesis.ts";

const nightly = { vcenter: "lab", library: "Golden images", item: "ubuntu" };
const deadLetters = { "Fn::GetAtt": [expect.stringMatching(/DeadLetters/), "Arn"] };

test("an event starts an export with its detail as the input, or waits among the dead letters", () => {
  const rule = resourceOf(stackTemplate(), "AWS::Events::Rule", /TriggersRequested/);
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
  expect(resourceOf(template, "AWS::Events::Rule", /TriggersRequested/).EventBusName).toBe("exports");
});

test("a schedule starts an export in its time zone, with its input", () => {
  // GIVEN
  const schedules = {
    nightly: { expression: "cron(0 2 * * ? *)", timeZone: "Europe/Berlin", input: nightly },
  };
  // WHEN
  const schedule = resourceOf(stackTemplate({ schedules }), "AWS::Scheduler::Schedule");
  // THEN
  expect(schedule).toMatchObject({
    ScheduleExpression: "cron(0 2 * * ? *)",
    ScheduleExpressionTimezone: "Europe/Berlin",
    Target: {
      Arn: { Ref: expect.stringMatching(/WorkflowExportItem/) },
      Input: JSON.stringify(nightly),
      DeadLetterConfig: { Arn: deadLetters },
    },
  });
});

test("a schedule whose input would fail is refused at synthesis", () => {
  const schedules = { nightly: { expression: "rate(1 day)", input: { vcenter: "lab" } } };
  expect(() => stackTemplate({ schedules })).toThrow(
    expect.objectContaining({ name: "InvalidInput", message: expect.stringContaining("libraryItemId") }),
  );
});

test("failures are told in a sentence, where that is wanted", () => {
  expect(resourcesOf(stackTemplate(), "AWS::SNS::Topic")).toEqual({});
  // WHEN
  const template = stackTemplate({ notifyFailures: true });
  // THEN
  const rule = resourceOf(template, "AWS::Events::Rule", /FailuresRule/);
  expect(rule.EventPattern).toEqual({ source: ["library-export"], "detail-type": ["Export Failed"] });
  expect(JSON.stringify(rule.Targets)).toMatch(/The export of item .* failed: <detail-error-name>/);
  expect(template.findOutputs("FailureTopicArn")).toMatchObject({
    FailureTopicArn: { Value: { Ref: expect.stringMatching(/Failures/) } },
  });
});
