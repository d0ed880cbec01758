import { createRequire } from "node:module";
import { expect, test } from "vitest";
import * as errors from "../../functions/errors.ts";
import { allStates } from "../../local/definition.ts";
import { expectNothingLeft, startWorkflow } from "../workflow/harness.ts";
import { readDefinition, runCleanUp } from "./cleanUpMachine.ts";
import { startUncontrolled } from "./uncontrolledExport.ts";

// asl-validator is CommonJS without types.
const aslValidator: (definition: unknown) => { errorsText(separator: string): string } = createRequire(
  import.meta.url,
)("asl-validator");

const definition = readDefinition("clean-up");
const states = new Map([...allStates(definition)].map(({ name, state }) => [name, state]));

test("a stopped export is cleaned up twice, and told of in between", async () => {
  await using workflow = await startWorkflow({ behaviour: { bytesPerSecond: 8_000_000 } });
  const running = startUncontrolled(workflow);
  await expect.poll(() => workflow.s3.openUploads().length, { interval: 5, timeout: 10_000 }).toBe(1);
  running.end("ABORTED");

  const { sent, calls } = await runCleanUp(workflow.services, running);
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
  const { sent, calls } = await runCleanUp(workflow.services, running);
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
  await expect(runCleanUp(services, running)).rejects.toMatchObject({
    cause: { name: "CleanUpIncomplete" },
  });
  await runCleanUp(workflow.services, running);
  expectNothingLeft(workflow);
});

test("the definition passes asl-validator, and says of every state what it is for", () => {
  // The validator writes into what it is given.
  expect(aslValidator(structuredClone(definition)).errorsText("\n")).toBe("");
  expect([...states].filter(([, { Comment }]) => !Comment)).toEqual([]);
});

test("the second time comes when no function of an export can be running any more", () => {
  const exportTasks = [...allStates(readDefinition("export-item"))].flatMap(({ state }) =>
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
