import type { FileHandle } from "node:fs/promises";

const BATCH_BYTES = 1024 * 1024;

/** Gathers small chunks into one write, and lets the next ones arrive while it is under way. */
export class BatchWriter {
  readonly #file: FileHandle;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #position: number;
  #underWay: Promise<unknown> = Promise.resolve();

  /** Writes from the position on. */
  constructor(file: FileHandle, position: number) {
    this.#file = file;
    this.#position = position;
  }

  async write(chunk: Buffer): Promise<void> {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes >= BATCH_BYTES) await this.#start();
  }

  async flush(): Promise<void> {
    await this.#start();
    await this.#underWay;
  }

  async #start(): Promise<void> {
    await this.#underWay;
    if (this.#chunks.length === 0) return;
    this.#underWay = writeAll(this.#file, this.#chunks, this.#position);
    this.#underWay.catch(() => {}); // it is awaited before the next write, which then throws
    this.#position += this.#bytes;
    this.#chunks = [];
    this.#bytes = 0;
  }
}

async function writeAll(file: FileHandle, chunks: Buffer[], position: number): Promise<void> {
  const bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const { bytesWritten } = await file.writev(chunks, position);
  if (bytesWritten === bytes) return;
  // A short write is rare (a signal, a disk that becomes full): the rest is tried once more, or throws.
  const rest = Buffer.concat(chunks).subarray(bytesWritten);
  await writeAll(file, [rest], position + bytesWritten);
}
