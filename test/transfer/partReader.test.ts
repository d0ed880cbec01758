import { expect, test } from "vitest";
import { SizeMismatch } from "../../functions/errors.ts";
import { BufferPool } from "../../functions/transfer/bufferPool.ts";
import { readParts } from "../../functions/transfer/partReader.ts";
import { S3_LIMITS } from "../../functions/transfer/parts.ts";
import type { SourceStream } from "../../functions/transfer/source/source.ts";

/** So many zeros, by a server that does not tell how many. */
function zeros(bytes: number): SourceStream {
  let offset = 0;
  return {
    start: 0,
    total: undefined,
    etag: undefined,
    ranged: false,
    get offset() {
      return offset;
    },
    async fill(buffer) {
      const filled = Math.min(buffer.length, bytes - offset);
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

test("a file of unknown size may end with the last part that S3 allows", async () => {
  expect(await read(S3_LIMITS.parts)).toEqual({ parts: S3_LIMITS.parts, last: [S3_LIMITS.parts], free: 2 });
});

test("a file of unknown size that goes on behind it is refused by name", async () => {
  const reading = read(S3_LIMITS.parts + 1);
  await expect(reading).rejects.toThrow(SizeMismatch);
  await expect(reading).rejects.toThrow('"a.iso" has more bytes than 10,000 parts hold');
});
