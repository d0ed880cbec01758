import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { StateMachine, type StateMachineDefinition } from "aws-local-stepfunctions";
import { expect, test } from "vitest";
import { z } from "zod";
import type { CleanUpRequest } from "../../functions/cleanup/cleanUpExecution.ts";
import * as errors from "../../functions/errors.ts";
import { CleanUp } from "../../functions/handlers/cleanUp.ts";
import { allStates } from "../../local/definition.ts";
import { throughJson } from "../../local/payload.ts";
import { expectNothingLeft, startWorkflow, type Workflow } from "../workflow/harness.ts";
import { startUncontrolled, type UncontrolledExport } from "./uncontrolledExport.ts";

// asl-validator is CommonJS without types.
const aslValidator: (definition: unknown) => { errorsText(separator: string): string } = createRequire(
  import.meta.url,
)("asl-validator");

const definition = read("clean-up");
const states = new Map([...allStates(definition)].map(({ name, state }) => [name, state]));

function read(name: string): StateMachineDefinition {
  return JSON.parse(readFileSync(new URL(`../../statemachine/${name}.asl.json`, import.meta.url), "utf8"));
}

const parametersSchema = z.object({
  Payload: z.object({ executionArn: z.string(), again: z.boolean() }),
});

/** Runs the clean-up workflow for an export. The wait is over when no function of the export runs any more. */
async function runCleanUp({ services }: Workflow, running: UncontrolledExport, functionsOf = services) {
  const sent: unknown[] = [];
  const calls: CleanUpRequest[] = [];
  const cleanUp = async (parameters: unknown) => {
    const { Payload } = parametersSchema.parse(parameters);
    calls.push(Payload);
    if (Payload.again) await running.functionsEnded();
    const event = throughJson(Payload);
    return { Payload: throughJson(await CleanUp(event, { ...functionsOf, executions: running.executions })) };
  };
  await new StateMachine(definition, { validationOptions: { noValidate: true } }).run(
    { executionArn: running.arn },
    {
      overrides: {
        taskResourceLocalHandlers: {
          CleanUp: cleanUp,
          CleanUpAgain: cleanUp,
          NotifyCutOff: async (parameters) => ({ FailedEntryCount: 0, Entries: [sent.push(parameters)] }),
        },
        waitTimeOverrides: { WaitForFunctions: 0 },
        retryIntervalOverrides: { CleanUp: 0, CleanUpAgain: 0, NotifyCutOff: 0 },
      },
    },
  ).result;
  return { sent, calls };
}

test("a stopped export is cleaned up twice, and told of in between", async () => {
  await using workflow = await startWorkflow({ behaviour: { bytesPerSecond: 8_000_000 } });
  const running = startUncontrolled(workflow);
  await expect.poll(() => workflow.s3.openUploads().length, { interval: 5, timeout: 10_000 }).toBe(1);
  running.end("ABORTED");

  const { sent, calls } = await runCleanUp(workflow, running);
  expect(calls.map(({ again }) => again)).toEqual([false, true]);
  expect(sent).toEqual([
    {
      Entries: [
        {
          Source: "library-export",
          DetailType: "Export Failed",
          Detail: expect.objectContaining({ execution: running.arn, error: expect.anything() }),
        },
      ],
    },
  ]);
  expectNothingLeft(workflow);
});

test("an export that told of its end is looked at once, and not told of again", async () => {
  await using workflow = await startWorkflow();
  const running = startUncontrolled(workflow);
  await running.ended;
  const { sent, calls } = await runCleanUp(workflow, running);
  expect([calls.length, sent]).toEqual([1, []]);
});

test("while vCenter is away, the clean-up tries again; in the end it fails by name", async () => {
  await using workflow = await startWorkflow({
    behaviour: { prepare: [{ status: "PREPARING", polls: 1_000_000 }] },
  });
  const running = startUncontrolled(workflow);
  await expect
    .poll(() => workflow.vcenter.openDownloadSessions().length, { interval: 5, timeout: 10_000 })
    .toBe(2);
  running.end("ABORTED");
  const away = () => Promise.reject(new errors.VcenterUnavailable("It is away"));
  const services = { ...workflow.services, profile: away };
  await expect(runCleanUp(workflow, running, services)).rejects.toMatchObject({
    cause: { name: "CleanUpIncomplete" },
  });
  await runCleanUp(workflow, running);
  expectNothingLeft(workflow);
});

test("the definition passes asl-validator, and says of every state what it is for", () => {
  // The validator writes into what it is given.
  expect(aslValidator(structuredClone(definition)).errorsText("\n")).toBe("");
  expect([...states].filter(([, { Comment }]) => !Comment)).toEqual([]);
});

test("the second time comes when no function of an export can be running any more", () => {
  const exportTasks = [...allStates(read("export-item"))].flatMap(({ state }) =>
    state.Type === "Task" && state.Resource.endsWith(":lambda:invoke") ? [state.TimeoutSeconds ?? 0] : [],
  );
  const wait = states.get("WaitForFunctions");
  expect(wait?.Type === "Wait" && "Seconds" in wait ? wait.Seconds : 0).toBeGreaterThanOrEqual(
    Math.max(...exportTasks),
  );
});

test("only errors of errors.ts are named", () => {
  const retried = [...states.values()].flatMap((state) => ("Retry" in state ? (state.Retry ?? []) : []));
  const names = retried.flatMap(({ ErrorEquals }) => ErrorEquals).filter((name) => name !== "States.ALL");
  expect(names.filter((name) => !(name in errors))).toEqual([]);
});
