import { crc32 } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FileTooLarge, InvalidInput } from "../../../functions/errors.ts";
import { combineCrc32, crc32ToBase64 } from "../../../functions/transfer/crc32.ts";
import { partSize, planParts, S3_LIMITS } from "../../../functions/transfer/parts.ts";
import { copyRanges } from "../../../functions/transfer/s3/serverSideCopy.ts";
import { outcomeNow } from "../outcome.ts";

const crc = fc.integer({ min: 0, max: 0xffffffff });
const length = fc.oneof(fc.nat({ max: 100 }), fc.integer({ min: 0, max: 50 * 1000 ** 4 }));

describe("the CRC-32 of a whole", () => {
  test("is the same whichever parts are combined first, at every length", () => {
    fc.assert(
      fc.property(crc, crc, crc, length, length, (a, b, c, lengthB, lengthC) => {
        const leftFirst = combineCrc32(combineCrc32(a, b, lengthB), c, lengthC);
        const rightFirst = combineCrc32(a, combineCrc32(b, c, lengthC), lengthB + lengthC);
        expect(leftFirst).toBe(rightFirst);
        expect(combineCrc32(a, crc32(""), 0)).toBe(a);
      }),
    );
  });

  test("is that of the bytes, cut into any parts", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 8 }), (parts) => {
        const combined = parts.reduce((sum, part) => combineCrc32(sum, crc32(part), part.length), 0);
        expect(combined).toBe(crc32(Buffer.concat(parts)));
        expect(Buffer.from(crc32ToBase64(combined), "base64").readUInt32BE()).toBe(combined);
      }),
    );
  });
});

/** However wrong a hint is: half of the part numbers are left for what comes after it. */
const LARGEST_DESPITE_HINT_BYTES = 20 * 1000 ** 4;

describe("a plan", () => {
  const asked = fc.option(fc.integer({ min: 0, max: 6 * 1024 ** 3 }), { nil: undefined });
  const total = fc.option(fc.integer({ min: 0, max: 60 * 1000 ** 4 }), { nil: undefined });
  const hint = fc.oneof(fc.constant(0), fc.maxSafeNat());

  test("of parts that S3 takes holds the file, or is refused by name", () => {
    fc.assert(
      fc.property(total, hint, asked, (total, sizeHint, partSizeBytes) => {
        const outcome = outcomeNow(() => planParts({ total, sizeHint, partSizeBytes }));
        if (outcome.error !== undefined) {
          const large = (total ?? 0) > S3_LIMITS.largestObjectBytes;
          expect(outcome.error).toBeInstanceOf(
            large && !(outcome.error instanceof InvalidInput) ? FileTooLarge : InvalidInput,
          );
          return;
        }
        let held = 0;
        for (let number = 1; number <= S3_LIMITS.parts; number += 1) {
          const size = partSize(outcome.value, number);
          expect(Number.isSafeInteger(size)).toBe(true);
          if (size < S3_LIMITS.smallestPartBytes || size > S3_LIMITS.largestPartBytes)
            expect.fail(`a part of ${size} bytes`);
          held += size;
        }
        const unknown = sizeHint === 0 ? S3_LIMITS.largestObjectBytes : LARGEST_DESPITE_HINT_BYTES;
        expect(held).toBeGreaterThanOrEqual(total ?? unknown);
      }),
      { numRuns: 60 },
    );
  });
});

test("the ranges of a copy are the whole object, each byte once, in parts that S3 takes", () => {
  fc.assert(
    fc.property(length, (size) => {
      const ranges = copyRanges(size);
      expect(ranges.length).toBeGreaterThan(0);
      if (ranges[0] === undefined) {
        expect(ranges).toEqual([undefined]);
        return;
      }
      let next = 0;
      for (const range of ranges) {
        const [first, last = -1] =
          /^bytes=(\d+)-(\d+)$/
            .exec(range ?? "")
            ?.slice(1)
            .map(Number) ?? [];
        if (first !== next || last - first >= S3_LIMITS.largestPartBytes)
          expect.fail(`${range} after ${next}`);
        next = last + 1;
      }
      expect(next).toBe(size);
      expect(ranges.length).toBeLessThanOrEqual(S3_LIMITS.parts);
    }),
  );
});
