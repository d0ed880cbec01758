import { describe, expect, test } from "vitest";
import { syncHandlers } from "../../functions/handlers/syncHandlers.ts";
import syncLibrary from "../../statemachine/sync-library.asl.json" with { type: "json" };
import { grantsOf } from "./grants.ts";
import { resourceOf, stackTemplate } from "./synthesis.ts";

const template = stackTemplate({ bucketName: "images" });
const IMAGES = "arn:aws:s3:::images";
const PAGES = `${IMAGES}/*.library-export/syncs/*`;
const RUNS = `${IMAGES}/*.library-export/runs/*`;
const states = { ...syncLibrary.States, ...syncLibrary.States.ExportItems.ItemProcessor.States };
const names = Object.keys(syncHandlers) as (keyof typeof syncHandlers)[]; // all of its type's

test.each(names)("the state %s waits a minute longer than its function may run", (name) => {
  const { Timeout } = resourceOf(template, "AWS::Lambda::Function", new RegExp(`Sync${name}Function`));
  expect(states[name].TimeoutSeconds).toBe(Number(Timeout) + 60);
  expect(Timeout).toBeLessThanOrEqual(900);
});

test("the state machine of a sync may start exports and hear of their end, and start its own children", () => {
  const { "lambda:InvokeFunction": functions, ...grants } = grantsOf(template, /SyncStateMachineRole/);
  expect(functions).toHaveLength(names.length);
  const executions = (machine: string) => `arn:aws:states:REGION:ACCOUNT:execution:<${machine}>:*`;
  const rule = "arn:aws:events:REGION:ACCOUNT:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule";
  expect(grants).toMatchObject({
    "states:StartExecution": ["<SyncStateMachine>", "<WorkflowExportItem>"],
    "states:DescribeExecution": [executions("SyncStateMachine"), executions("WorkflowExportItem")],
    "states:StopExecution": [executions("SyncStateMachine"), executions("WorkflowExportItem")],
    "events:PutRule": [rule],
    "events:PutTargets": [rule],
    "events:DescribeRule": [rule],
  });
});

test("each name in its definition is substituted", () => {
  const machine = resourceOf(template, "AWS::StepFunctions::StateMachine", /SyncStateMachine/);
  const used = new Set(
    [...JSON.stringify(machine.DefinitionString).matchAll(/\$\{(\w+)\}/g)].map(([, n]) => n),
  );
  expect([...used].sort()).toEqual(Object.keys(Object(machine.DefinitionSubstitutions)).sort());
  expect(machine.DefinitionSubstitutions).toMatchObject({
    ExportItemStateMachineArn: { Ref: expect.stringMatching(/WorkflowExportItem/) },
  });
});

describe("of the bucket", () => {
  const s3 = (name: string) => {
    const grants = grantsOf(template, new RegExp(`Sync${name}Role`));
    return Object.fromEntries(Object.entries(grants).filter(([action]) => action.startsWith("s3:")));
  };

  test("what only starts and explains exports touches no object of the mirror", () => {
    expect(s3("AdmitItem")).toEqual({ "s3:ListBucket": [IMAGES], "s3:GetObject": [RUNS] });
    expect(s3("ExplainFailure")).toMatchObject({ "s3:PutObject": [RUNS] });
  });

  test("what lists and plans writes its pages alone", () => {
    expect(s3("ListLibrary")).toMatchObject({ "s3:PutObject": [PAGES] });
    expect(s3("PlanPage")).toMatchObject({ "s3:PutObject": [RUNS, PAGES] });
    expect(Object.keys(s3("ListLibrary"))).not.toContain("s3:DeleteObject");
  });

  test("only what retires items may delete objects", () => {
    const deleting = names.filter((name) => s3(name)["s3:DeleteObject"]?.includes(`${IMAGES}/*`));
    expect(deleting).toEqual(["RetireItems", "RecordPage"]);
  });

  test("the end writes index and report", () => {
    expect(s3("FinishSync")["s3:PutObject"]).toEqual([
      `${IMAGES}/*.library-export/reports/*`,
      `${IMAGES}/*/items.json`,
      `${IMAGES}/*/lib.json`,
      `${IMAGES}/*item.json`,
    ]);
  });
});

test("secrets of vCenter are for those who speak to it", () => {
  const reading = names.filter(
    (name) => "secretsmanager:GetSecretValue" in grantsOf(template, new RegExp(`Sync${name}Role`)),
  );
  expect(reading).toEqual(["ListLibrary", "PlanPage", "RetireItems"]);
});
