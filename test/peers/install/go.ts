import { existsSync } from "node:fs";
import { join } from "node:path";
import { folder } from "./folder.ts";
import { run } from "./run.ts";

/** Builds a program from Go's modules, once. Returns its name and version, as the program itself holds them. */
export async function installGo(program: string, source: string): Promise<string[]> {
  const path = goProgram(program, source);
  if (!existsSync(path)) {
    await run("go", ["install", source], {
      environment: { GOBIN: join(path, "..") },
      hint: "Go 1.24 or newer has to be installed.",
    });
  }
  const [, version = "of unknown version"] =
    /^\s+mod\s+\S+\s+(\S+)/m.exec(await run("go", ["version", "-m", path])) ?? [];
  return [`${program} ${version}`];
}

/** Where it is: a folder for each version, so that a new one is built and an old one stays. */
export function goProgram(program: string, source: string): string {
  const version = source.slice(source.lastIndexOf("@") + 1);
  return join(folder, `${program}-${version}`, program);
}
