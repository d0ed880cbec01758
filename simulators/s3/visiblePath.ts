import { lstat, mkdir, realpath, rmdir } from "node:fs/promises";
import { dirname, join, sep } from "node:path";

/**
 * Claims the file that a person would look for under the key: `<root>/<key>`, with its folders made. Undefined
 * when the key cannot be a path there, or something else already stands in the way: `a` and `a/b`, names that
 * differ only in case on a file system that ignores it, or a file that is not ours.
 */
export async function claimVisiblePath(root: string, key: string): Promise<string | undefined> {
  if (!key.split("/").every(isFileName)) return undefined;
  const path = join(root, key);
  try {
    // A symbolic link in the folder must not lead out of it: not even a folder is made beyond one.
    if (!(await isWithin(root, dirname(path)))) return undefined;
    await mkdir(dirname(path), { recursive: true });
  } catch (error) {
    if (isCode(error, ["EEXIST", "ENOENT", "ENOTDIR", "ENAMETOOLONG"])) return undefined;
    throw error;
  }
  return (await exists(path)) ? undefined : path;
}

/** Whether the folder, or what there is of it already, is really below the root. */
async function isWithin(root: string, folder: string): Promise<boolean> {
  let existing = folder;
  while (existing !== root && !(await exists(existing))) existing = dirname(existing);
  const [home, place] = await Promise.all([realpath(root), realpath(existing)]);
  return place === home || place.startsWith(home + sep);
}

/** Removes the folders above a removed file that have become empty, up to the root. */
export async function pruneFolders(root: string, path: string): Promise<void> {
  for (let folder = dirname(path); folder.startsWith(root + sep); folder = dirname(folder)) {
    try {
      await rmdir(folder);
    } catch {
      return; // not empty, or gone already
    }
  }
}

function isFileName(segment: string): boolean {
  if (segment === "" || segment === "." || segment === "..") return false;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return Buffer.byteLength(segment) <= 255 && !/[\x00-\x1f\x7f]/.test(segment);
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (isCode(error, ["ENOENT"])) return false;
    throw error;
  }
}

export function isCode(error: unknown, codes: string[]): boolean {
  return error instanceof Error && "code" in error && codes.includes(String(error.code));
}
