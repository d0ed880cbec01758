import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { stableId, versionOnDisk } from "./identity.ts";
import type { FileSource, ItemSource, LibrarySource } from "./options.ts";

/**
 * One library from a folder: each sub-folder an item, each file in it a file of the item; a file at the top is an
 * item of its own. The library has the folder's name. Ids follow from paths, and versions from the times of
 * modification: whoever serves the folder again serves the same items.
 * @param leaveOut is told the path of each entry that is neither: a folder within an item's, or a link
 * @throws the file system's error for a folder that cannot be read
 */
export async function librariesFromFolder(
  directory: string,
  leaveOut: (path: string) => void = () => {},
): Promise<LibrarySource[]> {
  const root = resolve(directory);
  const entries = await readdir(root, { withFileTypes: true });
  entries.sort(byName);
  const items: ItemSource[] = [];
  for (const entry of entries) {
    const path = join(root, entry.name);
    if (entry.isDirectory()) items.push(await itemOf(path, await filesIn(path, leaveOut)));
    else if (entry.isFile()) items.push(await itemOf(path, [await fileOf(path)]));
    else leaveOut(path);
  }
  return [{ id: stableId(root), name: basename(root), items }];
}

/** The line that tells of such an entry. */
export function leftOut(path: string): string {
  return `left out: ${path}: an item has files, and neither folders nor links\n`;
}

async function filesIn(directory: string, leaveOut: (path: string) => void): Promise<FileSource[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  entries.sort(byName);
  for (const entry of entries) if (!entry.isFile()) leaveOut(join(directory, entry.name));
  return Promise.all(
    entries.filter((entry) => entry.isFile()).map(({ name }) => fileOf(join(directory, name))),
  );
}

function byName(one: Dirent, other: Dirent): number {
  return one.name < other.name ? -1 : 1;
}

async function fileOf(path: string): Promise<FileSource> {
  return { name: basename(path), path, version: await versionOnDisk(path) };
}

async function itemOf(path: string, files: FileSource[]): Promise<ItemSource> {
  const type = typeOf(files.map((file) => file.name.toLowerCase()));
  const versions = files.map(({ version = 1 }) => version);
  const contentVersion = Math.max(await versionOnDisk(path), ...versions);
  return { id: stableId(path), name: basename(path), type, contentVersion, files };
}

/** As vCenter's own import classifies: a descriptor or archive makes an OVF, nothing but images an ISO. */
function typeOf(names: string[]): string {
  if (names.some((name) => name.endsWith(".ovf") || name.endsWith(".ova"))) return "ovf";
  return names.length > 0 && names.every((name) => name.endsWith(".iso")) ? "iso" : "other";
}
