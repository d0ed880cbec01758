import { randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import type { ObjectVersion } from "./record.ts";
import { claimVisiblePath, isCode, pruneFolders } from "./visiblePath.ts";

/**
 * The bytes of one bucket's objects: those of the newest versions are plain files under their keys, all others
 * are out of sight. Paths in records are relative, so that the folder can be moved.
 */
export class ObjectFiles {
  readonly #directory: string;
  readonly #root: string;
  readonly #hidden: string;

  /** `directory` is the simulator's; visible files are in `<directory>/<bucket>`, all else in `hidden`. */
  constructor(directory: string, bucket: string, hidden: string) {
    this.#directory = directory;
    this.#root = join(directory, bucket);
    this.#hidden = hidden;
  }

  /** Makes the folders, and removes what an earlier simulator left unfinished. */
  async prepare(): Promise<void> {
    await rm(join(this.#hidden, "unfinished"), { recursive: true, force: true });
    for (const folder of [this.#root, join(this.#hidden, "unfinished"), join(this.#hidden, "bytes")]) {
      await mkdir(folder, { recursive: true });
    }
  }

  /** A path for bytes that are not an object yet; nothing is made there. */
  temporaryPath(): string {
    return join(this.#hidden, "unfinished", randomUUID());
  }

  /** True when the file is there as it was stored, as far as its size tells. */
  async has(version: ObjectVersion): Promise<boolean> {
    try {
      return (await stat(this.#pathOf(version))).size === version.size;
    } catch (error) {
      if (isCode(error, ["ENOENT", "ENOTDIR"])) return false;
      throw error;
    }
  }

  open(version: ObjectVersion): Promise<FileHandle> {
    return open(this.#pathOf(version), "r");
  }

  /**
   * Moves a file to where a person would look for the key, replacing the newest version if that is where it is,
   * or out of sight when that is not possible.
   */
  async place(key: string, file: string, newest: ObjectVersion | undefined): Promise<string> {
    const visible = join(this.#root, key);
    let path: string | undefined;
    if (newest && this.#pathOf(newest) === visible) {
      await mkdir(dirname(visible), { recursive: true });
      path = visible;
    } else {
      path = await claimVisiblePath(this.#root, key);
    }
    path ??= this.#hiddenPath();
    await rename(file, path);
    return relative(this.#directory, path);
  }

  /** As `place`, for the bytes of a version that becomes the newest again. */
  bringBack(key: string, version: ObjectVersion, newest: ObjectVersion | undefined): Promise<string> {
    return this.place(key, this.#pathOf(version), newest);
  }

  /** Moves the bytes of a version out of sight; undefined when a person has removed them. */
  async hide(version: ObjectVersion): Promise<string | undefined> {
    const path = this.#hiddenPath();
    try {
      await rename(this.#pathOf(version), path);
    } catch (error) {
      if (isCode(error, ["ENOENT", "ENOTDIR"])) return undefined;
      throw error;
    }
    await pruneFolders(this.#root, this.#pathOf(version));
    return relative(this.#directory, path);
  }

  async remove(version: ObjectVersion): Promise<void> {
    if (version.deleteMarker) return;
    await rm(this.#pathOf(version), { force: true });
    await pruneFolders(this.#root, this.#pathOf(version));
  }

  #pathOf(version: ObjectVersion): string {
    return join(this.#directory, version.file);
  }

  #hiddenPath(): string {
    return join(this.#hidden, "bytes", randomUUID());
  }
}
