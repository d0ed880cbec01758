import { existsSync } from "node:fs";
import { readdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { folder } from "./folder.ts";
import { run } from "./run.ts";

/** Makes a virtual environment with packages of PyPI, once. Returns the names and versions that were asked for. */
export async function installPython(
  name: string,
  { version, packages }: { version: string; packages: readonly string[] },
): Promise<string[]> {
  const path = pythonFolder(name, packages);
  if (!existsSync(path)) {
    const unfinished = `${path}.unfinished`;
    await rm(unfinished, { recursive: true, force: true });
    await run(await interpreter(version), ["-m", "venv", unfinished]);
    await run(join(unfinished, "bin/python"), ["-m", "pip", "install", "--quiet", ...packages]);
    // Only what was installed to its end has the name that is looked for. Its scripts hold the old name, and are
    // started by the interpreter (python -m) for that reason.
    await rename(unfinished, path);
  }
  return packages.slice(0, 1).map((wanted) => wanted.replace(/\[.*\]/, "").replace("==", " "));
}

/** Where the environment is: another list of packages is another one. */
export function pythonFolder(name: string, [main = ""]: readonly string[]): string {
  return join(folder, `${name}-${main.slice(main.lastIndexOf("=") + 1)}`);
}

/** A Python of this version: on the PATH, or one that pyenv keeps. */
async function interpreter(version: string): Promise<string> {
  const pyenv = join(process.env.PYENV_ROOT ?? join(homedir(), ".pyenv"), "versions");
  const kept = (await readdir(pyenv).catch(() => [])).filter((found) => found.startsWith(`${version}.`));
  for (const candidate of [`python${version}`, ...kept.map((found) => join(pyenv, found, "bin/python3"))]) {
    const works = await run(candidate, ["--version"]).then(
      (said) => said.startsWith(`Python ${version}.`),
      () => false,
    );
    if (works) return candidate;
  }
  throw new Error(
    `Python ${version} has to be installed: there is no python${version}, and none in ${pyenv}.`,
  );
}
