import { readFileSync } from "node:fs";
import { Duration } from "aws-cdk-lib";
import type { Template } from "aws-cdk-lib/assertions";
import { expect, test } from "vitest";
import { API_ROW, DASHBOARD_COLUMNS, DASHBOARD_ROWS } from "../../cdk/dashboardLayout.ts";
import { METRICS } from "../../functions/metrics.ts";
import { FUNCTION_NAMES, functionOf, resourceOf, resourcesOf, stackTemplate } from "./synthesis.ts";

const template = stackTemplate({ api: true, notifyFailures: true, expectSuccessWithin: Duration.hours(26) });
const alarm = (id: RegExp) => resourceOf(template, "AWS::CloudWatch::Alarm", id);
const once = {
  Threshold: 1,
  EvaluationPeriods: 1,
  ComparisonOperator: "GreaterThanOrEqualToThreshold",
  TreatMissingData: "notBreaching",
};

test.each([
  [/ExportFailed/, "AWS/States", "ExecutionsFailed", /WorkflowExportItem/],
  [/ExportTimedOut/, "AWS/States", "ExecutionsTimedOut", /WorkflowExportItem/],
  [/SyncFailed/, "AWS/States", "ExecutionsFailed", /SyncStateMachine/],
  [/SyncTimedOut/, "AWS/States", "ExecutionsTimedOut", /SyncStateMachine/],
  [/DeadLetters/, "AWS/SQS", "ApproximateNumberOfMessagesVisible", /DeadLetters/],
  [/AlarmsCleanUpFailed/, "AWS/States", "ExecutionsFailed", /CleanUpExportsStateMachine/],
  [/SyncCleanUpFailed/, "AWS/States", "ExecutionsFailed", /CleanUpSyncsStateMachine/],
  [/SweepFailed/, "AWS/Lambda", "Errors", /SweepRuns/],
  [/ApiFailed/, "AWS/ApiGateway", "5XXError", /LibraryExport\w*Api/],
  [/ApiFunctionFailed/, "AWS/Lambda", "Errors", /ExportApi/],
  [/ApiFunctionThrottled/, "AWS/Lambda", "Throttles", /ExportApi/],
])("the alarm %s sounds at the first time", (id, Namespace, MetricName, of) => {
  const properties = alarm(id);
  expect(properties).toMatchObject({ ...once, Namespace, MetricName });
  expect(JSON.stringify(properties.Dimensions)).toMatch(of);
});

test("an alarm sounds when nothing has succeeded for as long as is said, exports or none", () => {
  expect(alarm(/NoSuccess/)).toMatchObject({
    MetricName: "ExecutionsSucceeded",
    Period: 3600,
    EvaluationPeriods: 26,
    Threshold: 1,
    ComparisonOperator: "LessThanThreshold",
    TreatMissingData: "breaching",
  });
  expect(Object.keys(resourcesOf(stackTemplate(), "AWS::CloudWatch::Alarm")).join()).not.toMatch(/NoSuccess/);
});

test("an alarm sounds when the API has been slow for a quarter of an hour", () => {
  expect(alarm(/ApiSlow/)).toMatchObject({
    MetricName: "Latency",
    ExtendedStatistic: "p95",
    Period: 300,
    EvaluationPeriods: 3,
    Threshold: 10_000,
    TreatMissingData: "notBreaching",
  });
});

test("without the API there are neither its alarms nor its row of the dashboard", () => {
  const without = stackTemplate();
  expect(Object.keys(resourcesOf(without, "AWS::CloudWatch::Alarm")).join()).not.toMatch(/Api/);
  const title = Object.keys(API_ROW.widgets)[0] ?? "";
  const dashboardOf = (of: Template) =>
    JSON.stringify(resourceOf(of, "AWS::CloudWatch::Dashboard").DashboardBody);
  expect(dashboardOf(template)).toContain(title);
  expect(dashboardOf(without)).not.toContain(title);
});

test("longer than a week cannot be watched", () => {
  expect(() => stackTemplate({ expectSuccessWithin: Duration.days(8) })).toThrow(
    expect.objectContaining({ name: "InvalidInput" }),
  );
});

test("the topic hears of every alarm but those of which an event tells more", () => {
  const topic = { Ref: expect.stringMatching(/Failures/) };
  for (const id of [
    /DeadLetters/,
    /AlarmsCleanUpFailed/,
    /SyncCleanUpFailed/,
    /SweepFailed/,
    /ApiFailed/,
    /ApiSlow/,
    /NoSuccess/,
  ]) {
    expect(alarm(id).AlarmActions).toEqual([topic]);
  }
  for (const id of [/ExportFailed/, /ExportTimedOut/, /SyncFailed/, /SyncTimedOut/])
    expect(alarm(id).AlarmActions).toBeUndefined();
});

test("the runbook has a section for every alarm", () => {
  const runbook = readFileSync(new URL("../../docs/runbook.md", import.meta.url), "utf8");
  const headings = runbook.split("\n").filter((line) => line.startsWith("## "));
  for (const { AlarmDescription } of Object.values(resourcesOf(template, "AWS::CloudWatch::Alarm"))) {
    const words = String(AlarmDescription).replace(/for \d+ hours/, "for as long as expected");
    expect(headings).toContain(`## ${words}`);
  }
});

test("the dashboard shows every metric of the functions, by the name that they have it under", () => {
  const body = JSON.stringify(resourceOf(template, "AWS::CloudWatch::Dashboard").DashboardBody);
  const { Variables } = functionOf(template, "TransferFile").Environment as {
    // as CloudFormation defines it
    Variables: Record<string, string>;
  };
  expect(Variables.POWERTOOLS_SERVICE_NAME).toMatch(/^\w+$/);
  for (const name of Object.keys(METRICS)) {
    const shown = `"LibraryExport","${name}","service","${Variables.POWERTOOLS_SERVICE_NAME}"`;
    expect(body).toContain(JSON.stringify(shown).slice(1, -1));
  }
});

test("every row of the dashboard is as wide as the page", () => {
  for (const { widgets } of [...DASHBOARD_ROWS, API_ROW]) {
    const widths = Object.values<number>(widgets);
    expect(widths.reduce((sum, width) => sum + width, 0)).toBe(DASHBOARD_COLUMNS);
  }
});

test.each(FUNCTION_NAMES)("%s is traced", (name) => {
  expect(functionOf(template, name).TracingConfig).toEqual({ Mode: "Active" });
});
