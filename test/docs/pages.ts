import { existsSync, globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = new URL("../../", import.meta.url);

/** What a person reads, by its path from the repository's root. */
export const pages: ReadonlyMap<string, string> = new Map(
  [
    "README.md",
    ...globSync(["docs/*.md", "simulators/*/README.md"], { cwd: fileURLToPath(root) }).sort(),
  ].map((path) => [path, readFileSync(new URL(path, root), "utf8")]),
);

/** @throws Error when there is no such page */
export function pageAt(path: string): string {
  const page = pages.get(path);
  if (page === undefined) throw new Error(`There is no page ${path}`);
  return page;
}

export function isThere(path: string): boolean {
  return existsSync(new URL(path, root));
}

/** Each `code span`, in one line however the page is wrapped. */
export function spansIn(page: string): string[] {
  const prose = page.replaceAll(/^ *```[\s\S]*?^ *```/gm, "");
  return [...prose.matchAll(/`([^`]+)`/g)].map(([, span = ""]) => span.replaceAll(/\s+/g, " "));
}

/** Each line of a block of shell commands, without its comment and without what is exported into it. */
export function commandsIn(page: string): string[] {
  const blocks = [...page.matchAll(/^```(\w*)\n([\s\S]*?)^```/gm)].flatMap(([, language = "", block = ""]) =>
    ["", "sh"].includes(language) ? [block] : [],
  );
  const indented = page.match(/^ {4}\S.*$/gm) ?? [];
  return [...blocks.flatMap((block) => block.split("\n")), ...indented]
    .map((line) => line.replace(/(^|\s)#.*$/, "").trim())
    .filter((line) => line !== "");
}

/** Where something that only some pages have is to be looked for: each with its page. */
export function everywhere(find: (page: string) => string[]): { path: string; found: string }[] {
  return [...pages].flatMap(([path, page]) => [...new Set(find(page))].map((found) => ({ path, found })));
}
