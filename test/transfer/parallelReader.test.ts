import { describe, expect, test } from "vitest";
import { SourceChanged, SourceRefused, TransferInterrupted } from "../../functions/errors.ts";
import { BufferPool } from "../../functions/transfer/bufferPool.ts";
import { RangesWithdrawn, readPartsInParallel } from "../../functions/transfer/parallelReader.ts";
import type { FilledPart } from "../../functions/transfer/partReader.ts";
import type { ByteRange, SourceStream } from "../../functions/transfer/source/source.ts";

/** A file of 25 bytes in parts of 10, of which every range is another stream. */
const TOTAL = 25;

interface Opened {
  start: number;
  end: number | undefined;
  signal: AbortSignal;
  closed: boolean;
}

type Answer = Partial<Pick<SourceStream, "total" | "etag" | "ranged" | "fill">> & { bytes?: number };

/**
 * @param answer what is special about the stream of a range; throws to refuse it
 * @param options.firstEnd where the first range ends, as it was asked for before the part size was known
 */
function readFrom(
  answer: (range: ByteRange) => Answer = () => ({}),
  { firstEnd = 10, stop = new AbortController() } = {},
) {
  const opened: Opened[] = [];
  const open = ({ start, end = TOTAL }: ByteRange, signal: AbortSignal): SourceStream => {
    const { bytes = end - start, ...special } = answer({ start, end });
    const range: Opened = { start, end, signal, closed: false };
    opened.push(range);
    let offset = start;
    return {
      start,
      total: TOTAL,
      etag: '"v1"',
      ranged: true,
      get offset() {
        return offset;
      },
      async fill(buffer) {
        const filled = Math.min(buffer.length, start + bytes - offset);
        offset += filled;
        return filled;
      },
      close() {
        range.closed = true;
      },
      ...special,
    };
  };
  const first = open({ start: 0, end: firstEnd }, stop.signal);
  const parts = readPartsInParallel({
    source: { open: async (range, signal) => open(range, signal) },
    first,
    total: TOTAL,
    plan: { partSizeBytes: 10, steadyParts: 10_000 },
    pool: new BufferPool({ count: 6, memoryBytes: 60 }),
    fileName: "disk.iso",
    readers: 2,
    firstNumber: 1,
    signal: stop.signal,
  });
  return { opened, parts };
}

async function all(parts: AsyncIterable<FilledPart>): Promise<FilledPart[]> {
  const found: FilledPart[] = [];
  for await (const part of parts) found.push(part);
  return found;
}

const rangesOf = (opened: Opened[]) => opened.map(({ start, end }) => [start, end]);
const later = (special: Answer) => (range: ByteRange) => (range.start > 0 ? special : {});

describe("the parts of a file that is read in several ranges", () => {
  test("come in order, the last one marked, and every range is closed", async () => {
    const { opened, parts } = readFrom();
    const seen = (await all(parts)).map(({ number, bytes, last }) => [number, bytes.length, last]);
    expect(seen).toEqual([
      [1, 10, false],
      [2, 10, false],
      [3, 5, true],
    ]);
    expect(opened.every(({ closed }) => closed)).toBe(true);
  });

  test("are filled from as many ranges as it takes", async () => {
    const { opened, parts } = readFrom(({ start }) => (start === 10 ? { bytes: 4 } : {}), { firstEnd: 3 });
    const seen = (await all(parts)).map(({ number, bytes }) => [number, bytes.length]);
    expect(seen).toEqual([
      [1, 10],
      [2, 10],
      [3, 5],
    ]);
    expect(rangesOf(opened).toSorted(([a = 0], [b = 0]) => a - b)).toEqual([
      [0, 3],
      [3, 10],
      [10, 20],
      [14, 20],
      [20, 25],
    ]);
    expect(opened.every(({ closed }) => closed)).toBe(true);
  });

  test("are not asked for for ever where a range ends before its last byte", async () => {
    const { parts } = readFrom(later({ bytes: 0 }));
    expect((await parts.next()).value).toMatchObject({ number: 1, last: false });
    await expect(parts.next()).rejects.toThrow(TransferInterrupted);
  });

  test("end with all that is being read when nobody wants the rest", async () => {
    const silence = new Promise<number>(() => {});
    const { opened, parts } = readFrom(later({ fill: () => silence }));
    await parts.next();
    await parts.return();
    expect(opened.map(({ start, signal }) => [start, signal.aborted])).toEqual([
      [0, false],
      [10, true],
      [20, true],
    ]);
  });

  test("are not waited for when every reader has stopped before it began them", async () => {
    const stop = new AbortController();
    const stopped = Promise.withResolvers<void>();
    const { parts } = readFrom(
      ({ start }) => ({
        async fill(buffer) {
          if (start === 0) await stopped.promise;
          else stop.abort(new Error("stopped by its user"));
          stopped.resolve();
          return buffer.length;
        },
      }),
      { stop },
    );
    expect((await parts.next()).value).toMatchObject({ number: 1 });
    expect((await parts.next()).value).toMatchObject({ number: 2 });
    await expect(parts.next()).rejects.toThrow("stopped by its user");
  });

  test("are not begun once the transfer was stopped", async () => {
    const stop = new AbortController();
    const { parts } = readFrom(undefined, { stop });
    stop.abort(new Error("stopped by its user"));
    await expect(parts.next()).rejects.toThrow("stopped by its user");
  });
});

describe("a later range is refused, and closed,", () => {
  test.each([
    ["of a file of another size", { total: TOTAL + 1 }, SourceChanged],
    ["of a file with another ETag", { etag: '"v2"' }, SourceChanged],
    ["which is the whole file after all", { ranged: false }, RangesWithdrawn],
  ])("%s", async (_which, special, refusal) => {
    const { opened, parts } = readFrom(later(special));
    await expect(all(parts)).rejects.toThrow(refusal);
    expect(opened.every(({ closed }) => closed)).toBe(true);
  });

  test("as several at once may not be asked for, with what the server said", async () => {
    const refusal = new SourceRefused("HTTP 503");
    const { parts } = readFrom(({ start }) => {
      if (start > 0) throw refusal;
      return {};
    });
    const reading = all(parts);
    await expect(reading).rejects.toThrow(RangesWithdrawn);
    await expect(reading).rejects.toHaveProperty("cause", refusal);
  });
});
