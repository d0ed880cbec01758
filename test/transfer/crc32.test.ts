import { crc32 } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { combineCrc32, crc32ToBase64, partCrc32 } from "../../functions/transfer/crc32.ts";

describe("combineCrc32", () => {
  test("gives the CRC of the whole from those of its parts, wherever it is cut", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 300 }), (a, b) => {
        expect(combineCrc32(crc32(a), crc32(b), b.length)).toBe(crc32(Buffer.concat([a, b])));
      }),
    );
  });

  test("is right for lengths above 4 GiB, by adding zeros in two different ways", () => {
    const zeros = (length: number): number => {
      if (length <= 1024) return crc32(Buffer.alloc(length));
      const half = zeros(length / 2);
      return combineCrc32(half, half, length / 2);
    };
    const fiveGiB = 5 * 1024 ** 3;
    const whole = combineCrc32(zeros(4 * 1024 ** 3), zeros(1024 ** 3), 1024 ** 3);
    expect(combineCrc32(zeros(fiveGiB), crc32("end"), 3)).toBe(combineCrc32(whole, crc32("end"), 3));
  });
});

test("a CRC goes to S3 as base64 of its bytes in network order", () => {
  // Check value of CRC-32 for "123456789" (RFC 3720, appendix B.4 names the polynomial): cbf43926.
  expect(crc32ToBase64(partCrc32(Buffer.from("123456789")))).toBe(
    Buffer.from("cbf43926", "hex").toString("base64"),
  );
});
