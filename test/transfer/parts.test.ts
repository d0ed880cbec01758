import { describe, expect, test } from "vitest";
import { FileTooLarge, InvalidInput } from "../../functions/errors.ts";
import { partSize, planParts, S3_LIMITS } from "../../functions/transfer/parts.ts";

const MiB = 1024 ** 2;
const GiB = 1024 ** 3;

describe("planParts with a known total", () => {
  test.each([0, 1, 8 * MiB, 8 * MiB + 1, 5 * GiB, 78 * GiB])("cuts %d bytes into parts of 8 MiB", (total) => {
    expect(planParts({ total, sizeHint: 0 }).partSizeBytes).toBe(8 * MiB);
  });

  test.each([
    79 * GiB,
    250 * GiB,
    10 * 1024 * GiB,
    S3_LIMITS.largestObjectBytes,
  ])("holds %d bytes in 10,000 parts, and wastes less than a MiB a part", (total) => {
    const { partSizeBytes } = planParts({ total, sizeHint: 0 });
    expect(partSizeBytes * S3_LIMITS.parts).toBeGreaterThanOrEqual(total);
    expect((partSizeBytes - MiB) * S3_LIMITS.parts).toBeLessThan(total);
  });

  test("keeps a part size that was asked for, and raises it where 10,000 such parts are not enough", () => {
    expect(planParts({ total: GiB, sizeHint: 0, partSizeBytes: 64 * MiB }).partSizeBytes).toBe(64 * MiB);
    expect(planParts({ total: 100 * GiB, sizeHint: 0, partSizeBytes: 5 * MiB }).partSizeBytes).toBe(11 * MiB);
  });

  test("refuses a file that S3 cannot hold", () => {
    expect(() => planParts({ total: S3_LIMITS.largestObjectBytes + 1, sizeHint: 0 })).toThrow(FileTooLarge);
  });

  test.each([5 * MiB, 5 * GiB])("cuts parts of %d bytes, the ends of what S3 allows", (partSizeBytes) => {
    expect(planParts({ total: GiB, sizeHint: 0, partSizeBytes }).partSizeBytes).toBe(partSizeBytes);
  });

  test.each([5 * MiB - 1, 5 * GiB + 1, 0, -1])("refuses parts of %d bytes", (partSizeBytes) => {
    expect(() => planParts({ total: GiB, sizeHint: 0, partSizeBytes })).toThrow(InvalidInput);
  });
});

describe("planParts without a total", () => {
  function capacity(plan: ReturnType<typeof planParts>, parts: number): number {
    return Array.from({ length: parts }, (_, index) => partSize(plan, index + 1)).reduce(
      (sum, size) => sum + size,
      0,
    );
  }

  test("meets S3's largest object before its last part, with no idea of the size", () => {
    const plan = planParts({ total: undefined, sizeHint: 0 });
    expect(capacity(plan, S3_LIMITS.parts)).toBeGreaterThanOrEqual(S3_LIMITS.largestObjectBytes);
  });

  test("keeps parts as they are up to one and a half times the size expected", () => {
    const plan = planParts({ total: undefined, sizeHint: 50 * GiB });
    const steady = Math.floor((75 * GiB) / (16 * MiB));
    expect(partSize(plan, 1)).toBe(16 * MiB);
    expect(partSize(plan, steady)).toBe(16 * MiB);
  });

  test("still holds more than ten times the size expected", () => {
    for (const sizeHint of [1, GiB, 50 * GiB, 1024 * GiB]) {
      const plan = planParts({ total: undefined, sizeHint });
      expect(capacity(plan, S3_LIMITS.parts)).toBeGreaterThan(10 * sizeHint);
    }
  });

  test("has no parts larger than S3's largest, whatever size is expected", () => {
    for (const sizeHint of [S3_LIMITS.largestObjectBytes / 2, Number.MAX_SAFE_INTEGER]) {
      expect(partSize(planParts({ total: undefined, sizeHint }), 1)).toBe(S3_LIMITS.largestPartBytes);
    }
  });

  test("never shrinks, and never passes S3's largest part", () => {
    const plan = planParts({ total: undefined, sizeHint: 0 });
    const sizes = Array.from({ length: S3_LIMITS.parts }, (_, index) => partSize(plan, index + 1));
    expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
    expect(sizes[0]).toBe(8 * MiB);
    expect(sizes.at(-1)).toBe(S3_LIMITS.largestPartBytes);
  });
});
