import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { folder } from "./folder.ts";

const path = join(folder, "versions.json");

/** Keeps what is installed for the reporter, which is not in the world of the global set-up. */
export async function keepVersions(versions: string[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(path, JSON.stringify(versions));
}

/** `name version` of everything that this run has used. */
export async function installedVersions(): Promise<string[]> {
  return JSON.parse(await readFile(path, "utf8"));
}
