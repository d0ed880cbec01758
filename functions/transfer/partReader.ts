import { SizeMismatch } from "../errors.ts";
import type { BufferPool } from "./bufferPool.ts";
import { type PartPlan, partSize, S3_LIMITS } from "./parts.ts";
import type { SourceStream } from "./source/source.ts";

/** A part of the file in memory. Its buffer goes back to the pool once it has been hashed and uploaded. */
export interface FilledPart {
  /** From 1. */
  number: number;
  buffer: Buffer;
  /** The part's bytes: the beginning of the buffer. */
  bytes: Buffer;
  /** True for the part in which the file ends. */
  last: boolean;
}

/**
 * Reads a stream from where it stands as parts in file order, the last one marked. An empty file is one empty part.
 * Where the total is unknown, a part is handed out only when the next one has begun.
 *
 * @throws SizeMismatch when more or fewer bytes come than were announced
 */
export async function* readParts(
  stream: SourceStream,
  plan: PartPlan,
  pool: BufferPool,
  fileName: string,
  firstNumber = 1,
): AsyncGenerator<FilledPart, void, void> {
  // A part whose successor has not begun yet: it may be the last one.
  let waiting: FilledPart | undefined;
  for (let number = firstNumber; ; number += 1) {
    const part = await readPart(number);
    if (part.bytes.length === 0 && waiting) {
      pool.release(part.buffer);
      yield { ...waiting, last: true };
      return;
    }
    if (waiting) yield waiting;
    waiting = undefined;
    if (part.last || stream.total !== undefined) yield part;
    else waiting = part;
    if (part.last) return;
  }

  async function readPart(number: number): Promise<FilledPart> {
    const wanted = wantedBytes(number);
    const buffer = await pool.acquire(wanted);
    const length = await stream.fill(buffer.subarray(0, wanted));
    // Behind the last part there may still be the end of a file whose size is unknown.
    if (number > S3_LIMITS.parts && length > 0)
      throw new SizeMismatch(`"${fileName}" has more bytes than 10,000 parts hold`);
    const last = length < wanted || stream.offset === stream.total;
    if (last) await checkEnd();
    return { number, buffer, bytes: buffer.subarray(0, length), last };
  }

  function wantedBytes(number: number): number {
    const size = partSize(plan, number);
    return stream.total === undefined ? size : Math.min(size, stream.total - stream.offset);
  }

  async function checkEnd(): Promise<void> {
    if (stream.total === undefined) return;
    const { offset, total } = stream;
    if (offset < total) {
      throw new SizeMismatch(`"${fileName}" ended at byte ${offset}; the endpoint announced ${total}`);
    }
    if ((await stream.fill(Buffer.alloc(1))) > 0) {
      throw new SizeMismatch(
        `"${fileName}" goes on behind byte ${total}, which the endpoint announced as its end`,
      );
    }
  }
}
