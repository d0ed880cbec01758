import { totalmem } from "node:os";
import { afterEach, describe, expect, test, vi } from "vitest";
import { FileTooLarge } from "../../functions/errors.ts";
import { BufferPool, bufferMemoryBytes } from "../../functions/transfer/bufferPool.ts";

const MiB = 1024 ** 2;

describe("a pool of buffers", () => {
  test("hands out as many as it may, and has the next one wait for the first that comes back", async () => {
    const pool = new BufferPool({ count: 2, memoryBytes: 100 });
    const [first, second] = [await pool.acquire(10), await pool.acquire(10)];
    expect(first.buffer).not.toBe(second.buffer);
    const order: string[] = [];
    const third = pool.acquire(10).then((buffer) => {
      order.push("third");
      return buffer;
    });
    const fourth = pool.acquire(10).then(() => order.push("fourth"));
    pool.release(second);
    expect((await third).buffer).toBe(second.buffer);
    expect(order).toEqual(["third"]);
    pool.release(first);
    await fourth;
  });

  test("uses a buffer again that is large enough, and replaces one that is not", async () => {
    const pool = new BufferPool({ count: 1, memoryBytes: 100 });
    const small = await pool.acquire(10);
    pool.release(small);
    expect((await pool.acquire(10)).buffer).toBe(small.buffer);
    pool.release(small);
    const larger = await pool.acquire(11);
    expect(larger).toHaveLength(11);
    const waiting = pool.acquire(12);
    pool.release(larger);
    expect(await waiting).toHaveLength(12);
  });

  test("gives memory that another thread can read without a copy", async () => {
    const buffer = await new BufferPool({ count: 1, memoryBytes: 100 }).acquire(10);
    expect(buffer.buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  test("refuses buffers that together are larger than the memory for them, with the numbers", async () => {
    const pool = new BufferPool({ count: 5, memoryBytes: 40 * MiB });
    expect(await pool.acquire(8 * MiB)).toHaveLength(8 * MiB);
    const refused = pool.acquire(8 * MiB + 1);
    await expect(refused).rejects.toThrow(FileTooLarge);
    await expect(refused).rejects.toThrow("5 buffers of 9 MiB, 41 MiB in all; there are 40 MiB");
  });
});

describe("the memory for buffers", () => {
  afterEach(() => vi.unstubAllEnvs());

  test("is half of the function's", () => {
    vi.stubEnv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1024");
    expect(bufferMemoryBytes()).toBe(512 * MiB);
  });

  test("is half of what the process may use elsewhere, which is finite", () => {
    for (const none of [undefined, "0"]) {
      vi.stubEnv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", none);
      expect(bufferMemoryBytes()).toBeGreaterThan(MiB);
      expect(bufferMemoryBytes()).toBeLessThanOrEqual(totalmem() / 2);
    }
  });
});
