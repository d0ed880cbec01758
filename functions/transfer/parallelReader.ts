import { SourceChanged, SourceRefused, TransferInterrupted } from "../errors.ts";
import type { BufferPool } from "./bufferPool.ts";
import type { FilledPart } from "./partReader.ts";
import type { PartPlan } from "./parts.ts";
import type { Source, SourceStream } from "./source/source.ts";

/** The server does not serve several ranges after all: the file has to come in one pass. */
export class RangesWithdrawn extends Error {
  override readonly name = "RangesWithdrawn";
}

export interface ParallelRead {
  source: Source;
  /** The first answer: what it said of the file holds for all that follow. Its bytes begin the first part. */
  first: SourceStream;
  /** Bytes of the file. */
  total: number;
  plan: PartPlan;
  pool: BufferPool;
  fileName: string;
  readers: number;
  /** Number of the first part; `first` stands at its beginning. */
  firstNumber: number;
  signal: AbortSignal;
}

/**
 * Reads a file as parts in file order, several ranges at a time. A reader takes a buffer before it takes the next
 * part, so that the part that everybody waits for always has one.
 *
 * @throws FileTooLarge when the buffers do not fit into memory
 * @throws SourceChanged when an answer is of another file than the first
 * @throws RangesWithdrawn when the server no longer serves ranges
 */
export async function* readPartsInParallel(read: ParallelRead): AsyncGenerator<FilledPart, void, void> {
  read.signal.throwIfAborted();
  const { first, total, plan, pool, readers, firstNumber } = read;
  const size = plan.partSizeBytes;
  // Here, where it ends the reading: a reader that got no buffer would leave everybody waiting for its part.
  pool.requireRoomFor(size);
  const start = first.start;
  const parts = Math.ceil((total - start) / size);
  const failure = new AbortController();
  const signal = AbortSignal.any([read.signal, failure.signal]);
  const filled = Array.from({ length: parts }, () => Promise.withResolvers<FilledPart>());
  for (const { promise } of filled) promise.catch(() => {}); // Whoever does not wait for it any more is told otherwise.

  let next = 0;
  // Readers that have stopped fill none of the parts that they have not begun.
  signal.addEventListener("abort", () => {
    for (const { reject } of filled.slice(next)) reject(signal.reason);
  });
  const reader = async () => {
    while (!signal.aborted) {
      const buffer = await pool.acquire(size);
      const index = next;
      next += 1;
      const slot = filled[index];
      if (!slot) return pool.release(buffer);
      try {
        slot.resolve(await fillPart(index, buffer));
      } catch (error) {
        slot.reject(error);
        failure.abort(error);
      }
    }
  };
  const reading = Promise.all(Array.from({ length: readers }, reader));
  try {
    for (const { promise } of filled) yield await promise;
    await reading;
  } finally {
    failure.abort(new Error("Nobody wants the rest of the file"));
  }

  async function fillPart(index: number, buffer: Buffer): Promise<FilledPart> {
    const from = start + index * size;
    const to = Math.min(from + size, total);
    const bytes = buffer.subarray(0, to - from);
    let stream = index === 0 ? first : await openRange(read, from, to, signal);
    for (let offset = from; ; ) {
      const wanted = bytes.subarray(offset - from);
      const got = await stream.fill(wanted);
      stream.close();
      offset += got;
      if (offset === to) break;
      if (got === 0) {
        throw new TransferInterrupted(
          `The endpoint of "${read.fileName}" ended a range before its last byte`,
        );
      }
      stream = await openRange(read, offset, to, signal);
    }
    return { number: firstNumber + index, buffer, bytes, last: to === total };
  }
}

async function openRange(
  { source, first, fileName }: ParallelRead,
  start: number,
  end: number,
  signal: AbortSignal,
): Promise<SourceStream> {
  const stream = await source.open({ start, end }, signal).catch((error: unknown) => {
    // Perhaps it only refuses several requests at once: one pass will tell.
    if (error instanceof SourceRefused) throw new RangesWithdrawn(error.message, { cause: error });
    throw error;
  });
  if (stream.ranged && stream.total === first.total && stream.etag === first.etag) return stream;
  stream.close();
  if (!stream.ranged) throw new RangesWithdrawn(`The endpoint of "${fileName}" answers only some ranges`);
  throw new SourceChanged(
    `The endpoint of "${fileName}" changed while it was being downloaded: its size or its ETag is another`,
  );
}
