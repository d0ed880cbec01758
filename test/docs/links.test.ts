import { globSync } from "node:fs";
import { dirname, join } from "node:path/posix";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { everywhere, isThere, pageAt, pages, spansIn } from "./pages.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Where a page's links lead to that do not leave the repository, from its root: `docs/errors.md#anchor`. */
function targetsOf(path: string, page: string): string[] {
  const prose = page.replaceAll(/^ *```[\s\S]*?^ *```/gm, "").replaceAll(/`[^`]*`/g, "``");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^\w+:/.test(target))
    .map((target) => (target.startsWith("#") ? `${path}${target}` : join(dirname(path), target)));
}

/** As GitHub makes them of headings. */
function anchorsOf(page: string): string[] {
  return [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

const targets = [...pages].flatMap(([path, page]) =>
  targetsOf(path, page).map((target) => ({ path, target })),
);

test("every link leads to a file, and every anchor to a heading", () => {
  const dead = targets.filter(({ target }) => {
    const [file = "", anchor] = target.split("#");
    return !isThere(file) || (anchor !== undefined && !anchorsOf(pageAt(file)).includes(anchor));
  });
  expect(targets.length).toBeGreaterThan(100);
  expect(dead).toEqual([]);
});

test("a link that says a path leads there", () => {
  const wrong = [...pages].flatMap(([path, page]) =>
    [...page.matchAll(/\[`?([\w-]+\/[\w./-]+|[\w-]+\.md)`?\]\(([^)]+)\)/g)]
      .filter(([, said = "", target = ""]) => !join(dirname(path), target).endsWith(said.replace(/\/$/, "")))
      .map(([link]) => ({ path, link })),
  );
  expect(wrong).toEqual([]);
});

test("every page and every picture can be reached from another page", () => {
  const linked = new Set(targets.map(({ target }) => target.split("#")[0]));
  const all = globSync("docs/*.{md,svg,json}", { cwd: root });
  // What pages are made of is not read by people.
  expect(all.filter((path) => !linked.has(path) && path !== "docs/peers.json")).toEqual([]);
});

test("every file or folder that a page names is there", () => {
  const folders = ["bin", "cdk", "cli", "docs", "functions", "local", "simulators", "statemachine", "test"];
  const own = new RegExp(`^(${folders.join("|")})/[\\w./-]*$`);
  const named = everywhere((page) => spansIn(page).filter((span) => own.test(span)));
  expect(named.length).toBeGreaterThan(30);
  expect(named.filter(({ found }) => !isThere(found))).toEqual([]);
});
