import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inProcess } from "./inProcess.ts";
import { startLocalstack } from "./localstack.ts";
import type { Interpreter, Path } from "./path.ts";
import { INPUT } from "./recordAnswers.ts";
import { type Scenario, workflowScenarios } from "./scenarios.ts";

const scenarios = await workflowScenarios();

/** A name that an execution, a test case and a file may have. */
const slug = (name: string) => name.replaceAll(/[^a-z]+/g, "-");

const run = (interpreter: Interpreter, name: string, { answers }: Scenario): Promise<Path> =>
  interpreter.run({ name: slug(name), input: INPUT, answers });

/** All states in the order of the files: what happens before them, in them, after them. */
function way({ states, files }: Path): string[] {
  const map = states.indexOf("ExportFiles") + 1;
  return [...states.slice(0, map), ...files.flat(), ...states.slice(map)];
}

function passes(path: Path, through: string[]): string[] {
  const left = [...through];
  for (const state of way(path)) if (state === left[0]) left.shift();
  return left;
}

describe("aws-local-stepfunctions", () => {
  describe("the workflow's states", () => {
    test.each(Object.entries(scenarios))("%s", async (name, scenario) => {
      const path = await run(inProcess, name, scenario);
      expect(passes(path, scenario.through), `not reached by ${way(path).join(" ")}`).toEqual([]);
    });
  });
});

describe("LocalStack", () => {
  let localstack: Awaited<ReturnType<typeof startLocalstack>>;

  beforeAll(async () => {
    const answers = Object.entries(scenarios).map(([name, scenario]) => [slug(name), scenario.answers]);
    localstack = await startLocalstack(Object.fromEntries(answers));
  });
  afterAll(() => localstack?.close());

  describe("the workflow's states", () => {
    test.each(Object.entries(scenarios))("%s", async (name, scenario) => {
      const [path, other] = await Promise.all([
        run(localstack, name, scenario),
        run(inProcess, name, scenario),
      ]);
      expect(path).toEqual(other);
    });
  });
});
