import { readdir } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import type { FileSource, ItemSource, LibrarySource } from "./options.ts";

/**
 * One library from a folder: each sub-folder an item, each file in it a file of the item; a file at the top is an
 * item of its own. The library has the folder's name.
 * @throws the file system's error for a folder that cannot be read
 */
export async function librariesFromFolder(directory: string): Promise<LibrarySource[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  entries.sort((one, other) => (one.name < other.name ? -1 : 1));
  const items: ItemSource[] = [];
  for (const entry of entries) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) items.push(itemOf(entry.name, await filesIn(path)));
    if (entry.isFile()) items.push(itemOf(entry.name, [{ name: entry.name, path }]));
  }
  return [{ name: basename(resolve(directory)), items }];
}

async function filesIn(directory: string): Promise<FileSource[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ name }) => ({ name, path: join(directory, name) }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

function itemOf(name: string, files: FileSource[]): ItemSource {
  return { name, type: typeOf(files.map((file) => file.name.toLowerCase())), files };
}

/** As vCenter's own import classifies: a descriptor or archive makes an OVF, nothing but images an ISO. */
function typeOf(names: string[]): string {
  if (names.some((name) => name.endsWith(".ovf") || name.endsWith(".ova"))) return "ovf";
  return names.length > 0 && names.every((name) => name.endsWith(".iso")) ? "iso" : "other";
}
