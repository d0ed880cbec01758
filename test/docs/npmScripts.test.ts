import { expect, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { commandsIn, everywhere, pageAt, spansIn } from "./pages.ts";

const SCRIPT = /\bnpm (?:run ([\w:]+)|(start|test)\b)/g;

/** Scripts that others run: `npm test` the first two, npm itself the last. `format` is what `lint` asks for. */
const UNTOLD = ["lint", "typecheck", "format", "prepack"];

function scriptsIn(page: string): string[] {
  const texts = [...commandsIn(page), ...spansIn(page)];
  return texts.flatMap((text) => [...text.matchAll(SCRIPT)].map(([, run, own]) => run ?? own ?? ""));
}

test("every npm script that a page tells to run is one", () => {
  const told = everywhere(scriptsIn);
  expect(told.length).toBeGreaterThan(20);
  expect(told.filter(({ found }) => !(found in manifest.scripts))).toEqual([]);
});

test("the README tells of every npm script, or a page of its own does", () => {
  const told = new Set(everywhere(scriptsIn).map(({ found }) => found));
  expect(
    Object.keys(manifest.scripts).filter((script) => !told.has(script) && !UNTOLD.includes(script)),
  ).toEqual([]);
});

test("docs/dependencies.md has a row for every package, and for no other", () => {
  const page = pageAt("docs/dependencies.md");
  const rows = [...page.matchAll(/^\| (`.+?) \|/gm)].flatMap(([, cell = ""]) => {
    const names = spansIn(cell);
    const scope = /^@[^/]+\//.exec(names[0] ?? "")?.[0] ?? "";
    // `@scope/one`, `other`: the scope is told once.
    return names.map((name) => (name in manifest.devDependencies ? name : `${scope}${name}`));
  });
  const isRow = (name: string) =>
    rows.some((row) => row === name || (row.endsWith("/*") && name.startsWith(row.slice(0, -1))));
  const packages = Object.keys(manifest.devDependencies);
  expect(packages.filter((name) => !isRow(name))).toEqual([]);
  expect(rows.filter((row) => !packages.includes(row) && !row.endsWith("/*"))).toEqual([]);
});
