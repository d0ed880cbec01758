import { describe, expect, test } from "vitest";
import { SizeMismatch } from "../../functions/errors.ts";
import { BufferPool } from "../../functions/transfer/bufferPool.ts";
import { readParts } from "../../functions/transfer/partReader.ts";
import { S3_LIMITS } from "../../functions/transfer/parts.ts";
import type { SourceStream } from "../../functions/transfer/source/source.ts";

/** So many zeros from an offset on, by a server that tells a size of the file, or none. */
function zeros(end: number, { start = 0, total }: { start?: number; total?: number } = {}): SourceStream {
  let offset = start;
  return {
    start,
    total,
    etag: undefined,
    ranged: false,
    get offset() {
      return offset;
    },
    async fill(buffer) {
      const filled = Math.min(buffer.length, end - offset);
      buffer.fill(0, 0, filled);
      offset += filled;
      return filled;
    },
    close() {},
  };
}

/** Numbers of the parts that it is read as, of a byte each, and which of them is marked as the last. */
async function read(bytes: number): Promise<{ parts: number; last: number[]; free: number }> {
  const pool = new BufferPool({ count: 2, memoryBytes: 1024 });
  const plan = { partSizeBytes: 1, steadyParts: S3_LIMITS.parts };
  const last: number[] = [];
  let parts = 0;
  for await (const part of readParts(zeros(bytes), plan, pool, "a.iso")) {
    parts += 1;
    if (part.last) last.push(part.number);
    pool.release(part.buffer);
  }
  const buffers = [await pool.acquire(1), await pool.acquire(1)];
  return { parts, last, free: buffers.length };
}

/** The parts of a stream whose file's size is told: each of ten bytes, and read when it is asked for. */
function partsOf(stream: SourceStream, { memoryBytes = 1024, firstNumber = 1 } = {}) {
  const pool = new BufferPool({ count: 1, memoryBytes });
  const plan = { partSizeBytes: 10, steadyParts: S3_LIMITS.parts };
  const parts = readParts(stream, plan, pool, "a.iso", firstNumber);
  return async () => {
    const { value: part } = await parts.next();
    if (!part) return undefined;
    pool.release(part.buffer);
    return { number: part.number, length: part.bytes.length, last: part.last };
  };
}

describe("a file of unknown size", () => {
  test("may end with the last part that S3 allows", async () => {
    expect(await read(S3_LIMITS.parts)).toEqual({ parts: S3_LIMITS.parts, last: [S3_LIMITS.parts], free: 2 });
  });

  test("that goes on behind it is refused by name", async () => {
    const reading = read(S3_LIMITS.parts + 1);
    await expect(reading).rejects.toThrow(SizeMismatch);
    await expect(reading).rejects.toThrow('"a.iso" has more bytes than 10,000 parts hold');
  });
});

describe("a file whose size is told", () => {
  test("has its parts handed out as soon as they are full, and ends with the last", async () => {
    const stream = zeros(25, { total: 25 });
    const next = partsOf(stream);
    expect(await next()).toEqual({ number: 1, length: 10, last: false });
    expect(stream.offset).toBe(10);
    expect(await next()).toEqual({ number: 2, length: 10, last: false });
    expect(await next()).toEqual({ number: 3, length: 5, last: true });
    expect(await next()).toBeUndefined();
  });

  test("needs no more memory than there are bytes left of it", async () => {
    expect(await partsOf(zeros(3, { total: 3 }), { memoryBytes: 3 })()).toMatchObject({ last: true });
    const rest = zeros(13, { total: 13, start: 10 });
    expect(await partsOf(rest, { memoryBytes: 3, firstNumber: 2 })()).toEqual({
      number: 2,
      length: 3,
      last: true,
    });
  });

  test.each([
    ["ends before it", 15, '"a.iso" ended at byte 15; the endpoint announced 20'],
    ["goes on behind it", 21, '"a.iso" goes on behind byte 20, which the endpoint announced as its end'],
  ])("and %s is refused with its bytes", async (_what, end, message) => {
    const next = partsOf(zeros(end, { total: 20 }));
    expect(await next()).toMatchObject({ number: 1, last: false });
    const reading = next();
    await expect(reading).rejects.toThrow(SizeMismatch);
    await expect(reading).rejects.toThrow(message);
  });
});
