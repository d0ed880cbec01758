import { describe, expect, test } from "vitest";
import {
  cheapestMemoryMiB,
  costOf,
  GiB,
  invocationsFor,
  perTB,
  requestsFor,
  transitionsFor,
} from "../../docs/scale/costs.ts";
import { largestFileBytes, largestItemFiles } from "../../docs/scale/limits.ts";
import { BufferPool } from "../../functions/transfer/bufferPool.ts";
import { UPLOADS_IN_FLIGHT } from "../../functions/transfer/move.ts";
import { planParts, S3_LIMITS } from "../../functions/transfer/parts.ts";
import type { Behaviour } from "../../simulators/vcenter/index.ts";
import { startWorkflow, ubuntu } from "../workflow/harness.ts";

const MiB = 1024 ** 2;
const WRITES = /^(Put|Copy|Post|List|Upload|Create|Complete)/;
const READS = /^(Get|Head)/;

/** What one export of one file really does. */
async function exportOf(bytes: number, behaviour: Partial<Behaviour>) {
  const files = [{ name: "disk.vmdk", content: { size: bytes, seed: "disk" } }];
  await using workflow = await startWorkflow({
    libraries: [{ ...ubuntu, items: [{ name: "ubuntu", type: "ovf", files }] }],
    behaviour,
    settings: { partSizeBytes: 8 * MiB },
  });
  const { report, states, statesOf } = await workflow.run();
  const { requests } = workflow.s3;
  return {
    error: report.error,
    transitions: states.length + statesOf("disk.vmdk").length,
    writes: requests.filter((name) => WRITES.test(name)).length,
    reads: requests.filter((name) => READS.test(name)).length,
  };
}

describe("the model of an export", () => {
  test.each<{ how: string; bytes: number; behaviour: Partial<Behaviour>; staged?: boolean; polls?: number }>([
    { how: "in one buffer", bytes: MiB, behaviour: {} },
    {
      how: "in parts to its final key",
      bytes: 20 * MiB,
      behaviour: { itemChecksum: "SHA256", sessionChecksum: "never" },
    },
    { how: "in parts by way of staging", bytes: 20 * MiB, behaviour: {}, staged: true },
    {
      how: "that has to be prepared first",
      bytes: MiB,
      behaviour: { prepare: [{ status: "PREPARING", polls: 3 }, { status: "PREPARED" }] },
      polls: 3,
    },
  ])("counts what a file $how takes", async ({ bytes, behaviour, staged = false, polls = 0 }) => {
    const done = await exportOf(bytes, behaviour);
    expect(done.error).toBeNull();
    const file = { bytes, bytesPerSecond: 100 * MiB, staged, polls };
    expect(transitionsFor(file)).toBe(done.transitions);
    // No request is forgotten, and few are made up.
    const { writes, reads } = requestsFor(file);
    expect(writes).toBeGreaterThanOrEqual(done.writes);
    expect(writes - done.writes).toBeLessThanOrEqual(5);
    expect(reads).toBeGreaterThanOrEqual(done.reads);
  });

  test("gives a TB in files of any size the price of that many of them", () => {
    const file = { bytes: 1e9, bytesPerSecond: 25e6 };
    expect(perTB(file).total).toBeCloseTo(1000 * costOf(file).total, 9);
  });

  test("takes another invocation for what does not fit into one", () => {
    const bytesPerSecond = 1e6;
    expect(invocationsFor({ bytes: 885e6, bytesPerSecond })).toBe(1);
    expect(invocationsFor({ bytes: 886e6, bytesPerSecond })).toBe(2);
  });

  test("charges staging for nothing but what it adds", () => {
    const file = { bytes: 100e9, bytesPerSecond: 75e6 };
    const [direct, staged] = [costOf(file), costOf({ ...file, staged: true })];
    expect(staged.requests).toBeGreaterThan(direct.requests);
    expect(staged.lambda).toBeGreaterThan(direct.lambda);
    expect(staged.total).toBeLessThan(1.2 * direct.total);
  });
});

test("the cheapest memory keeps up with the line, and with 64 MiB less it would not", () => {
  const [rate, cpu] = [150e6, 12];
  const keepsUp = (memoryMiB: number) => (memoryMiB / 1769 / cpu) * GiB >= rate;
  const cheapest = cheapestMemoryMiB(rate, cpu);
  expect([keepsUp(cheapest), keepsUp(cheapest - 64)]).toEqual([true, false]);
  expect(cheapestMemoryMiB(1, cpu)).toBe(512);
});

test.each([
  [1769, 1],
  [1769, 4],
  [8192, 1],
])("the largest file for %i MiB and %i readers is the largest that the buffers allow", (memoryMiB, readers) => {
  const pool = new BufferPool({ count: UPLOADS_IN_FLIGHT + readers, memoryBytes: (memoryMiB * MiB) / 2 });
  const partOf = (total: number) => planParts({ total, sizeHint: total }).partSizeBytes;
  const largest = largestFileBytes(memoryMiB, readers);
  pool.requireRoomFor(partOf(largest));
  expect(() => pool.requireRoomFor(partOf(largest + 1))).toThrow(
    expect.objectContaining({ name: "FileTooLarge" }),
  );
});

test("no file is larger than S3's largest object, and longer names leave room for fewer files", () => {
  expect(largestFileBytes(1e6)).toBe(S3_LIMITS.largestObjectBytes);
  expect(largestItemFiles(80)).toBeLessThan(largestItemFiles(20));
});
