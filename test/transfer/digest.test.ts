import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CHECKSUM_ALGORITHMS } from "../../functions/checksum.ts";
import {
  algorithmsFor,
  createDigest,
  createResumableDigest,
  resumeDigest,
} from "../../functions/transfer/digest.ts";

// FIPS 180-4 and RFC 1321 test vectors for "abc".
const ABC = new Map([
  ["SHA1", "a9993e364706816aba3e25717850c26c9cd0d89d"],
  ["MD5", "900150983cd24fb0d6963f7d28e17f72"],
  ["SHA256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
  [
    "SHA512",
    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
  ],
]);

test("both kinds of digest know the published test vectors", async () => {
  for (const digest of [
    createDigest(CHECKSUM_ALGORITHMS),
    await createResumableDigest(CHECKSUM_ALGORITHMS),
  ]) {
    digest.update(Buffer.from("abc"));
    expect(digest.values()).toEqual(ABC);
  }
});

test("a digest can be asked for its values and go on", async () => {
  for (const digest of [createDigest(["SHA1"]), await createResumableDigest(["SHA1"])]) {
    digest.update(Buffer.from("a"));
    digest.values();
    digest.update(Buffer.from("bc"));
    expect(digest.values().get("SHA1")).toBe(ABC.get("SHA1"));
  }
});

describe("a resumable digest", () => {
  test("gives the checksums of the whole, wherever it is cut and saved as JSON", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 200 }), { minLength: 1, maxLength: 6 }),
        async (pieces) => {
          let digest = await createResumableDigest(CHECKSUM_ALGORITHMS);
          for (const piece of pieces) {
            digest.update(piece);
            digest = await resumeDigest(JSON.parse(JSON.stringify(digest.save())));
          }
          const whole = Buffer.concat(pieces);
          expect(digest.values()).toEqual(
            new Map(CHECKSUM_ALGORITHMS.map((name) => [name, createHash(name).update(whole).digest("hex")])),
          );
        },
      ),
      { numRuns: 50 },
    );
  });

  test("saves all four midstates in about a kilobyte", async () => {
    const digest = await createResumableDigest(CHECKSUM_ALGORITHMS);
    expect(JSON.stringify(digest.save()).length).toBeLessThan(1024);
  });
});

test("one algorithm is computed where it is known and computable, else all that vCenter may name", () => {
  expect(algorithmsFor({ algorithm: "MD5", value: "" })).toEqual(["MD5"]);
  expect(algorithmsFor({ algorithm: "SHA3_256", value: "" })).toEqual(CHECKSUM_ALGORITHMS);
  expect(algorithmsFor(null)).toEqual(CHECKSUM_ALGORITHMS);
});
