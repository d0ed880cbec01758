import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { errorsPage } from "../../docs/pages/errorsPage.ts";
import { stateMachineGraph } from "../../docs/pages/stateMachineGraph.ts";
import { pages } from "./pages.ts";

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

test("every table of a page has a head, without which its rows are shown as text", () => {
  const headless = [...pages].filter(([, page]) => {
    const tables = page.match(/(?:^\|.*\n?)+/gm) ?? [];
    return tables.some((table) => !/^\|.*\n\|[\s|:-]+\|?\n/.test(table));
  });
  expect(headless.map(([path]) => path)).toEqual([]);
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
