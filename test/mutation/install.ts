import { existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { folder } from "../peers/install/folder.ts";
import { run } from "../peers/install/run.ts";

const VERSION = "10.1.1";

/**
 * Installs StrykerJS, once, and without its peer vitest: below the project's folder it finds the project's own.
 * @returns the path of its program
 */
export async function installStryker(): Promise<string> {
  const path = join(folder, `stryker-${VERSION}`);
  if (!existsSync(path)) {
    const unfinished = `${path}.unfinished`;
    await rm(unfinished, { recursive: true, force: true });
    const packages = ["core", "vitest-runner"].map((name) => `@stryker-mutator/${name}@${VERSION}`);
    await run("npm", ["install", "--prefix", unfinished, "--legacy-peer-deps", "--no-save", ...packages]);
    // Only what was installed to its end has the name that is looked for.
    await rename(unfinished, path);
  }
  return join(path, "node_modules/@stryker-mutator/core/bin/stryker.js");
}
