import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CHECKSUM_ALGORITHMS } from "../../functions/checksum.ts";
import { CursorInvalid, InternalError } from "../../functions/errors.ts";
import {
  algorithmsFor,
  createDigest,
  createOwnDigest,
  createResumableDigest,
  resumeDigest,
} from "../../functions/transfer/digest.ts";
import { startHashThread } from "../../functions/transfer/hashThread.ts";

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

const KINDS = {
  "of this thread": createOwnDigest,
  "of a thread of its own": startHashThread,
  "that can be saved": createResumableDigest,
};

describe.each(Object.entries(KINDS))("a digest %s", (_, create) => {
  test("knows the published test vectors", async () => {
    const digest = await create(CHECKSUM_ALGORITHMS);
    expect(await digest.update(Buffer.from("abc"))).toBe(crc32("abc"));
    expect(await digest.values()).toEqual(ABC);
    digest.close();
  });

  test("can be asked for its values and go on", async () => {
    const digest = await create(["SHA1"]);
    await digest.update(Buffer.from("a"));
    await digest.values();
    await digest.update(Buffer.from("bc"));
    expect((await digest.values()).get("SHA1")).toBe(ABC.get("SHA1"));
    digest.close();
  });

  test("takes updates that do not wait for each other in their order, and gives each its own CRC-32", async () => {
    const digest = await create(["SHA256"]);
    const shared = Buffer.from(new SharedArrayBuffer(3 * 1024 ** 2)).fill(
      "shared memory, longer than a piece",
    );
    const parts = [shared, Buffer.from("b"), Buffer.alloc(0), shared.subarray(1)];
    expect(await Promise.all(parts.map((part) => digest.update(part)))).toEqual(
      parts.map((part) => crc32(part)),
    );
    const whole = createHash("sha256").update(Buffer.concat(parts)).digest("hex");
    expect((await digest.values()).get("SHA256")).toBe(whole);
    digest.close();
  });
});

test("a digest whose thread has ended fails by name, and does not wait for an answer", async () => {
  const digest = startHashThread(["SHA1"]);
  const underWay = digest.update(Buffer.from("a"));
  digest.close();
  await expect(underWay).rejects.toThrow(InternalError);
  await expect(digest.values()).rejects.toThrow(InternalError);
});

describe("the fastest digest", () => {
  const worthIt = 64 * 1024 ** 2;

  test.each([
    ["of a thread of its own where the file is large", worthIt, 2, true],
    ["of a thread of its own where the file may be large", undefined, 2, true],
    ["of this thread where the file is small", worthIt - 1, 2, false],
    ["of this thread where there is no second core", worthIt, 1, false],
  ])("is one %s", async (_kind, bytes, cores, threaded) => {
    const digest = createDigest(["SHA1"], bytes, cores);
    await digest.update(Buffer.from("abc"));
    // To close a thread ends it; a digest of this thread has nothing to close.
    digest.close();
    const values = digest.values();
    if (threaded) await expect(values).rejects.toThrow(InternalError);
    else expect((await values).get("SHA1")).toBe(ABC.get("SHA1"));
  });
});

describe("a resumable digest", () => {
  test("goes on with the algorithms that were saved, and no other", async () => {
    const before = await createResumableDigest(["MD5"]);
    await before.update(Buffer.from("ab"));
    const digest = await resumeDigest(before.save() ?? {});
    await digest.update(Buffer.from("c"));
    expect(await digest.values()).toEqual(new Map([["MD5", ABC.get("MD5")]]));
  });

  test("gives the checksums of the whole, wherever it is cut and saved as JSON", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 200 }), { minLength: 1, maxLength: 6 }),
        async (pieces) => {
          let digest = await createResumableDigest(CHECKSUM_ALGORITHMS);
          for (const piece of pieces) {
            await digest.update(piece);
            digest = await resumeDigest(JSON.parse(JSON.stringify(digest.save())));
          }
          const whole = Buffer.concat(pieces);
          expect(await digest.values()).toEqual(
            new Map(CHECKSUM_ALGORITHMS.map((name) => [name, createHash(name).update(whole).digest("hex")])),
          );
        },
      ),
      { numRuns: 50 },
    );
  });

  test.each([
    "",
    "AAAA",
    Buffer.alloc(96).toString("base64"),
  ])("goes on from nothing that it has not saved, such as %j", async (state) => {
    const resuming = resumeDigest({ SHA1: state });
    await expect(resuming).rejects.toThrow(CursorInvalid);
    await expect(resuming).rejects.toHaveProperty("cause", expect.any(Error));
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
