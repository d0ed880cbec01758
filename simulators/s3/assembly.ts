import { constants, type FileHandle, link, open, rm, stat } from "node:fs/promises";
import { withNewFile } from "./newFile.ts";
import { isCode } from "./visiblePath.ts";

/** A stretch of a file that holds a part's bytes. */
export interface PartPlace {
  path: string;
  start: number;
}

/**
 * The file into which the parts of an upload are written, each where it will be in the object, so that nothing is
 * copied in the end, however large it is. The place is known because clients send all parts in one size but the
 * last. A part that does not fit (a larger one, a number sent again) gets a file of its own.
 */
export class Assembly {
  readonly path: string;
  /** True while the upload is being completed: no part may be written into what becomes the object. */
  sealed = false;
  #partBytes = 0;
  readonly #taken = new Set<number>();
  #writing = 0;

  constructor(path: string) {
    this.path = path;
  }

  /** Lets `write` put a part's bytes into a file from a position on, and tells where they are. */
  async write<T>(
    number: number,
    size: number,
    ownPath: string,
    write: (file: FileHandle, position: number) => Promise<T>,
  ): Promise<{ place: PartPlace; result: T }> {
    const start = this.#claim(number, size);
    if (start === undefined) {
      const result = await withNewFile(ownPath, (file) => write(file, 0));
      return { place: { path: ownPath, start: 0 }, result };
    }
    this.#writing++;
    try {
      const file = await open(this.path, constants.O_WRONLY | constants.O_CREAT);
      try {
        return { place: { path: this.path, start }, result: await write(file, start) };
      } finally {
        await file.close();
      }
    } catch (error) {
      this.#taken.delete(number);
      throw error;
    } finally {
      this.#writing--;
    }
  }

  /** Makes a second name for the file if it is just these parts in a row; else there is nothing at the path. */
  async linkWhole(
    parts: { number: number; size: number; place: PartPlace }[],
    path: string,
  ): Promise<boolean> {
    const last = parts.length - 1;
    const inRow = parts.every(
      ({ number, size, place }, index) =>
        place.path === this.path && number === index + 1 && (index === last || size === this.#partBytes),
    );
    if (!inRow || this.#writing > 0) return false;
    const size = parts.reduce((sum, part) => sum + part.size, 0);
    try {
      if ((await stat(this.path)).size !== size) return false;
      await link(this.path, path);
      return true;
    } catch (error) {
      // Not written at all (empty parts), or on a file system without hard links.
      if (isCode(error, ["ENOENT", "EPERM", "ENOSYS", "ENOTSUP", "EOPNOTSUPP"])) return false;
      throw error;
    }
  }

  async remove(): Promise<void> {
    await rm(this.path, { force: true });
  }

  #claim(number: number, size: number): number | undefined {
    if (this.sealed || size === 0 || this.#taken.has(number)) return undefined;
    if (this.#partBytes === 0) this.#partBytes = size;
    const start = (number - 1) * this.#partBytes;
    if (size > this.#partBytes || start + size > MAX_FILE_BYTES) return undefined;
    this.#taken.add(number);
    return start;
  }
}

/** What common file systems hold in one file, with room to spare. */
const MAX_FILE_BYTES = 8 * 1024 ** 4;
