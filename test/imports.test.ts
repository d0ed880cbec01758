import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

/** What each room may import from besides itself. `functions` stands for the modules directly in that folder. */
const MAY_IMPORT: Record<string, string[]> = {
  functions: [],
  "functions/vsphere": ["functions"],
  "functions/transfer": ["functions"],
  "functions/catalog": ["functions", "functions/transfer"],
  "functions/export": ["functions", "functions/vsphere", "functions/transfer", "functions/catalog"],
  "functions/sync": [
    "functions",
    "functions/vsphere",
    "functions/transfer",
    "functions/catalog",
    "functions/export",
  ],
  "functions/cleanup": [
    "functions",
    "functions/catalog",
    "functions/export",
    "functions/executions",
    "functions/sync",
  ],
  "functions/handlers": [
    "functions",
    "functions/vsphere",
    "functions/transfer",
    "functions/catalog",
    "functions/export",
    "functions/sync",
    "functions/cleanup",
  ],
  "functions/executions": ["functions", "functions/catalog", "functions/export", "functions/sync"],
  "functions/api": ["functions", "functions/executions", "functions/sync"],
  "functions/lambda": [
    "functions",
    "functions/transfer",
    "functions/handlers",
    "functions/executions",
    "functions/api",
  ],
  "functions/container": ["functions", "functions/export", "functions/lambda"],
  simulators: ["functions", "functions/executions"],
  // What it bundles, it does not import.
  cdk: [
    "bin",
    "functions",
    "functions/api",
    "functions/catalog",
    "functions/handlers",
    "functions/lambda",
    "functions/sync",
  ],
  local: ["functions/*", "simulators"],
  cli: ["functions/*", "local"],
};

function roomOf(file: string): string {
  const folder = dirname(file);
  const [top = ""] = folder.split("/");
  return top === "functions" ? folder.split("/").slice(0, 2).join("/") : top;
}

function allowed(room: string, target: string): boolean {
  if (room === target) return true;
  return (MAY_IMPORT[room] ?? []).some((name) =>
    name.endsWith("/*") ? target.startsWith(name.slice(0, -2)) : name === target,
  );
}

const imports = Object.keys(MAY_IMPORT)
  .map((room) => room.split("/")[0] ?? room)
  .filter((top, index, all) => all.indexOf(top) === index)
  .flatMap((top) =>
    readdirSync(join(root, top), { recursive: true, encoding: "utf8" }).map((file) => `${top}/${file}`),
  )
  .filter((file) => file.endsWith(".ts"))
  .flatMap((file) =>
    [...readFileSync(join(root, file), "utf8").matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)].map(
      ([, specifier = ""]) => ({
        file,
        target: relative(root, join(root, dirname(file), specifier)),
      }),
    ),
  )
  // JSON is data, which belongs to no room.
  .filter(({ target }) => !target.endsWith(".json"));

describe("imports point one way", () => {
  test("every room is known", () => {
    expect(imports.length).toBeGreaterThan(50);
    expect(imports.map(({ file }) => roomOf(file)).filter((room) => !(room in MAY_IMPORT))).toEqual([]);
  });

  test("no room imports from one that it must not know", () => {
    const forbidden = imports.filter(({ file, target }) => !allowed(roomOf(file), roomOf(target)));
    expect(forbidden.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
  });
});
