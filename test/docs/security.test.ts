import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const root = new URL("../../", import.meta.url);
const page = readFileSync(new URL("docs/security.md", root), "utf8");
const references = [...page.matchAll(/^- \[`(test\/[^`]+)`\]\(\.\.\/([^)]+)\): \*(.+)\*$/gm)].map(
  ([, name = "", link = "", title = ""]) => ({ name, link, title }),
);

describe("the threat model names tests", () => {
  test("in every section but the first", () => {
    const sections = page.split(/^## /m).slice(2);
    expect(sections.filter((section) => !section.includes("\n- [`test/"))).toEqual([]);
    expect(references).toHaveLength(page.match(/^- \[`/gm)?.length ?? 0);
  });

  test.each(references)("$name: $title", ({ name, link, title }) => {
    expect(link).toBe(name);
    expect(readFileSync(new URL(name, root), "utf8")).toContain(JSON.stringify(title));
  });
});
