import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, test } from "vitest";
import * as errors from "../../functions/errors.ts";
import { handlers } from "../../functions/handlers/index.ts";
import { syncHandlers } from "../../functions/handlers/syncHandlers.ts";
import { syncEndedSchema, syncReportSchema } from "../../functions/sync/report.ts";
import { allStates, loadDefinition } from "../../local/definition.ts";

// asl-validator is CommonJS without types.
const aslValidator: (definition: unknown) => { isValid: boolean; errorsText(separator: string): string } =
  createRequire(import.meta.url)("asl-validator");

/** What Lambda, ECS and Step Functions raise themselves, and the functions cannot. */
const AWS_ERRORS = [
  "Lambda.ServiceException",
  "Lambda.AWSLambdaException",
  "Lambda.SdkClientException",
  "Lambda.ClientExecutionTimeoutException",
  "Lambda.TooManyRequestsException",
  "Lambda.Unknown",
  "Runtime.ExitError",
  "Sandbox.Timedout",
  "States.Timeout",
  "ECS.AmazonECSException",
  "AmazonECS.Unknown",
];

const FUNCTIONS = { "export-item": handlers, "sync-library": syncHandlers };

function load(machine: keyof typeof FUNCTIONS) {
  const path = new URL(`../../statemachine/${machine}.asl.json`, import.meta.url);
  const deployed = JSON.parse(readFileSync(path, "utf8"));
  const states = [...allStates(deployed)];
  const tasks = states.flatMap(({ name, state }) => (state.Type === "Task" ? [{ name, task: state }] : []));
  const retriersAndCatchers = states.flatMap(({ name, state }) => [
    ...("Retry" in state ? (state.Retry ?? []) : []).map((rule) => ({ name, rule, kind: "Retry" })),
    ...("Catch" in state ? (state.Catch ?? []) : []).map((rule) => ({ name, rule, kind: "Catch" })),
  ]);
  return { deployed, states, tasks, retriersAndCatchers };
}

describe.each(["export-item", "sync-library"] as const)("the state machine %s", (machine) => {
  const { deployed, states, tasks, retriersAndCatchers } = load(machine);

  test("passes asl-validator", () => {
    // The validator writes into what it is given.
    const { isValid, errorsText } = aslValidator(structuredClone(deployed));
    expect(errorsText("\n")).toBe("");
    expect(isValid).toBe(true);
  });

  test("names no state twice, on any level", () => {
    const names = states.map(({ name }) => name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  test("says of every state what it is for", () => {
    expect(states.filter(({ state }) => !state.Comment).map(({ name }) => name)).toEqual([]);
  });

  test("has no state that cannot be reached, and no transition out of its level", () => {
    for (const level of levels(deployed)) {
      expect([...reachable(level)].sort()).toEqual(Object.keys(level.States).sort());
    }
  });

  test("catches and retries only errors of errors.ts and of AWS", () => {
    const known = new Set([...Object.keys(errors), ...AWS_ERRORS, "States.ALL"]);
    const used = retriersAndCatchers.flatMap(({ rule }) => rule.ErrorEquals);
    expect(used.length).toBeGreaterThan(20);
    expect(used.filter((name) => !known.has(name))).toEqual([]);
  });

  test("has States.ALL alone and last, as Step Functions demands", () => {
    for (const { name, state } of states) {
      for (const rules of ["Retry" in state ? state.Retry : [], "Catch" in state ? state.Catch : []]) {
        const all = (rules ?? []).findIndex(({ ErrorEquals }) => ErrorEquals.includes("States.ALL"));
        if (all === -1) continue;
        expect({ name, names: rules?.[all]?.ErrorEquals, last: all === (rules?.length ?? 0) - 1 }).toEqual({
          name,
          names: ["States.ALL"],
          last: true,
        });
      }
    }
  });

  test("retries with full jitter, so that many executions do not come back at once", () => {
    const retriers = retriersAndCatchers.filter(({ kind }) => kind === "Retry");
    expect(retriers.length).toBeGreaterThan(0);
    for (const { name, rule } of retriers) {
      expect({ name, ...rule }).toMatchObject({ name, JitterStrategy: "FULL" });
    }
  });

  test("gives every task a time limit, and calls each function that there is", () => {
    expect(tasks.filter(({ task }) => !task.TimeoutSeconds).map(({ name }) => name)).toEqual([]);
    const invoked = tasks.filter(({ task }) => task.Resource === "arn:aws:states:::lambda:invoke");
    expect(invoked.map(({ name }) => name).sort()).toEqual(Object.keys(FUNCTIONS[machine]).sort());
    for (const { name, task } of invoked) {
      expect(task.Parameters).toEqual({ FunctionName: `\${${name}FunctionArn}`, "Payload.$": "$" });
    }
  });

  test("lets no failure of a file or of a notification end the execution", () => {
    for (const { name, task } of tasks) {
      const caught = task.Catch?.flatMap(({ ErrorEquals }) => ErrorEquals);
      expect({ name, caught: caught?.at(-1) }).toEqual({ name, caught: "States.ALL" });
    }
  });

  test("is the one that runs locally, but for the time limits of Lambda", () => {
    const local = loadDefinition(machine);
    for (const { state } of [...allStates(local), ...states])
      if (state.Type === "Task") delete state.TimeoutSeconds;
    expect(local).toEqual(deployed);
  });

  test("never retries a refused log-in: accounts lock after a few", () => {
    const retriers = retriersAndCatchers.filter(({ kind }) => kind === "Retry");
    expect(retriers.flatMap(({ rule }) => rule.ErrorEquals)).not.toContain("LoginRefused");
  });
});

describe("the export of an item", () => {
  const { states, retriersAndCatchers } = load("export-item");

  test("retries no transfer that would fail again, or would load a whole file once more for nothing", () => {
    const transfer = states.find(({ name }) => name === "TransferFile")?.state;
    const retried = new Set(
      (transfer && "Retry" in transfer ? transfer.Retry : [])?.flatMap((r) => r.ErrorEquals),
    );
    expect(retried.has("VcenterUnavailable")).toBe(true);
    for (const name of ["ChecksumMismatch", "SizeMismatch", "DownloadSessionLost", "States.ALL"]) {
      expect(retried.has(name)).toBe(false);
    }
  });

  test("lets a file wait its turn for half a day when others take all of TransferFile's concurrency", () => {
    const patient = retriersAndCatchers
      .filter(({ kind, name }) => kind === "Retry" && name === "TransferFile")
      .flatMap(({ rule }) => (rule.ErrorEquals.includes("Lambda.TooManyRequestsException") ? [rule] : []));
    expect(patient).toEqual([
      {
        ErrorEquals: ["Lambda.TooManyRequestsException"],
        IntervalSeconds: 5,
        MaxAttempts: 1000,
        BackoffRate: 2,
        MaxDelaySeconds: 120,
        JitterStrategy: "FULL",
      },
    ]);
  });

  test("catches nothing by its name but what a container can do better", () => {
    const named = retriersAndCatchers.filter(
      ({ kind, rule }) => kind === "Catch" && !rule.ErrorEquals.includes("States.ALL"),
    );
    expect(named.map(({ name, rule }) => [name, rule.ErrorEquals])).toEqual([
      ["TransferFile", ["FileTooLargeForSource"]],
    ]);
  });
});

describe("the sync of a library", () => {
  const { states } = load("sync-library");

  test("starts each export without a name, so that a retry finds none that was used", () => {
    const start = states.find(({ name }) => name === "ExportItem")?.state;
    expect(start).toMatchObject({
      Resource: "arn:aws:states:::states:startExecution.sync:2",
      Parameters: { "Input.$": "$.admitted.input" },
    });
    const parameters = start && "Parameters" in start ? Object(start.Parameters) : {};
    expect(Object.keys(parameters).sort()).toEqual(["Input.$", "StateMachineArn"]);
  });

  test("takes of a nested execution's output no more than its status: it may be as large as a state may be", () => {
    expect(states.find(({ name }) => name === "ExportItem")?.state).toMatchObject({
      ResultSelector: { "status.$": "$.Output.status" },
    });
  });

  test("reports a FinishSync that failed in the shape of every report", () => {
    const { Parameters } = Object(states.find(({ name }) => name === "ReportSyncFailure")?.state);
    const error = { name: "Lambda.Unknown", message: "It broke" };
    expect(Object.keys(Parameters.error)).toEqual(Object.keys(error).map((field) => `${field}.$`));
    expect(syncReportSchema.safeParse({ ...Parameters, error }).error).toBeUndefined();
  });

  test.each(["NotifySynchronized", "NotifySyncFailed"])("tells by %s all that a report has", (name) => {
    const { Parameters } = Object(states.find((state) => state.name === name)?.state);
    const fields = Object.keys(Parameters.Entries[0].Detail).map((field) => field.replace(/\.\$$/, ""));
    expect(fields).toEqual(Object.keys(syncEndedSchema.shape));
  });
});

type Level = Parameters<typeof allStates>[0] & { StartAt: string };

function* levels(level: Level): Generator<Level> {
  yield level;
  for (const state of Object.values(level.States)) {
    if (state.Type === "Map" && state.ItemProcessor) yield* levels(state.ItemProcessor);
  }
}

function reachable({ StartAt, States }: Level): Set<string> {
  const reached = new Set<string>();
  const queue = [StartAt];
  for (const name of queue) {
    if (reached.has(name)) continue;
    reached.add(name);
    const state = States[name];
    if (state === undefined) throw new Error(`no state is named ${name}`);
    if ("Next" in state) queue.push(state.Next);
    if ("Catch" in state) queue.push(...(state.Catch ?? []).map(({ Next }) => Next));
    if (state.Type === "Choice") {
      queue.push(...state.Choices.map(({ Next }) => Next));
      if (state.Default) queue.push(state.Default);
    }
  }
  return reached;
}
