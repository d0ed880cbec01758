import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { errorsPage } from "../../docs/pages/errorsPage.ts";
import { stateMachineGraph } from "../../docs/pages/stateMachineGraph.ts";

const root = new URL("../../", import.meta.url);

test("the committed picture and tables are what the code gives", async () => {
  const checked = promisify(execFile)(process.execPath, ["docs/generate.ts", "--check"], { cwd: root });
  await expect(checked).resolves.toMatchObject({ stderr: "" });
});

test("every error that can be thrown has a row with advice", async () => {
  const source = await readFile(new URL("functions/errors.ts", root), "utf8");
  const page = errorsPage(source);
  for (const [, name] of source.matchAll(/readonly name = "(\w+)"/g)) {
    expect(page).toMatch(new RegExp(`^\\| \`${name}\` \\| \\w.+ \\| [A-Z].+ \\|$`, "m"));
  }
});

test("an error without advice is refused by name", () => {
  expect(() => errorsPage("/** It broke. */\nexport class ItBroke extends ExportError {}")).toThrow(
    /ItBroke/,
  );
});

test("a Catch is drawn dashed, a Choice as a diamond with its conditions", () => {
  const graph = stateMachineGraph({
    StartAt: "Move",
    States: {
      Move: { Type: "Task", Next: "Moved", Catch: [{ ErrorEquals: ["ChecksumMismatch"], Next: "Lost" }] },
      Moved: {
        Type: "Choice",
        Choices: [
          { Variable: "$.transfer.done", BooleanEquals: true, Next: "Done" },
          { Variable: "$.count", NumericGreaterThanEquals: 3, Next: "Lost" },
        ],
        Default: "Move",
      },
      Done: { Type: "Succeed" },
      Lost: { Type: "Fail" },
    },
  });
  expect(graph).toMatch(/"Move" -> "Lost" \[style=dashed.*ChecksumMismatch/);
  expect(graph).toMatch(/"Moved" \[.*shape=diamond/);
  expect(graph).toMatch(/"Moved" -> "Done" \[label=".*done = true/);
  expect(graph).toMatch(/"Moved" -> "Lost" \[label=".*count ≥ 3/);
  expect(graph).toMatch(/"Moved" -> "Move" \[label=".*otherwise/);
});

test("the runbook speaks of errors by the names that they have", async () => {
  const known = new Set(Object.keys(await import("../../functions/errors.ts")));
  const runbook = await readFile(new URL("docs/runbook.md", root), "utf8");
  const named = [...runbook.matchAll(/^\| (`.+?`) \|/gm)].flatMap(
    ([, cell = ""]) => cell.match(/\w+/g) ?? [],
  );
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((name) => !known.has(name))).toEqual([]);
});
