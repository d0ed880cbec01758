import { totalmem } from "node:os";
import { FileTooLarge } from "../errors.ts";

/**
 * The part buffers of one transfer. There are never more than `count`, so a fast source waits for a slow
 * destination here, and memory stays at `count` times the largest part however large the file is.
 */
export class BufferPool {
  readonly count: number;
  readonly #memoryBytes: number;
  #allocated = 0;
  readonly #free: Buffer[] = [];
  readonly #waiting: ((buffer: Buffer) => void)[] = [];

  /** @param memoryBytes what all buffers together may take */
  constructor({ count, memoryBytes }: { count: number; memoryBytes: number }) {
    this.count = count;
    this.#memoryBytes = memoryBytes;
  }

  /** @throws FileTooLarge when buffers of that size would not fit into memory */
  requireRoomFor(bytes: number): void {
    const needed = bytes * this.count;
    if (needed <= this.#memoryBytes) return;
    throw new FileTooLarge(
      `The file needs ${this.count} buffers of ${inMiB(bytes)}, ${inMiB(needed)} in all; there are ${inMiB(this.#memoryBytes)} for buffers. Give the function more memory`,
    );
  }

  /** A buffer of at least `bytes`; waits until one is returned when all are in use. */
  async acquire(bytes: number): Promise<Buffer> {
    this.requireRoomFor(bytes);
    const free = this.#free.pop();
    if (free) return grown(free, bytes);
    if (this.#allocated < this.count) {
      this.#allocated += 1;
      return sharedBuffer(bytes);
    }
    return grown(await new Promise<Buffer>((resolve) => this.#waiting.push(resolve)), bytes);
  }

  release(buffer: Buffer): void {
    const next = this.#waiting.shift();
    if (next) next(buffer);
    else this.#free.push(buffer);
  }
}

function grown(buffer: Buffer, bytes: number): Buffer {
  return buffer.length >= bytes ? buffer : sharedBuffer(bytes);
}

/** Memory that the thread which computes checksums reads as well. */
function sharedBuffer(bytes: number): Buffer {
  return Buffer.from(new SharedArrayBuffer(bytes));
}

/** Half of what the process may use: the rest is for the runtime, the sockets and the copies that TLS makes. */
export function bufferMemoryBytes(): number {
  const lambdaMiB = Number(process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE);
  const bytes =
    lambdaMiB > 0 ? lambdaMiB * 1024 ** 2 : Math.min(process.constrainedMemory() || Infinity, totalmem());
  return bytes / 2;
}

function inMiB(bytes: number): string {
  return `${Math.ceil(bytes / 1024 ** 2)} MiB`;
}
