import { createHash, randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CursorInvalid } from "../../../functions/errors.ts";
import { type Cursor, parseCursor, sealCursor } from "../../../functions/transfer/cursor.ts";
import { invoke } from "../../transfer/continuations.ts";
import { KEY, prepareTransfer } from "../../transfer/harness.ts";
import { damagedBytes, damagedValue } from "../damage.ts";
import { outcomeNow, outcomeOf } from "../outcome.ts";
import { share } from "../settings.ts";
import { anyValue, plainText } from "../text.ts";

const MiB = 1024 ** 2;
const expected = { fileName: "disk.iso", exportId: "run/0" };

const bytes = fc.maxSafeNat();
const upload = fc.record({ bucket: plainText, key: plainText, uploadId: plainText });
const checksum = fc.record({
  algorithm: fc.constantFrom("SHA1", "SHA256"),
  value: fc.constant("0".repeat(40)),
  source: fc.constantFrom("session" as const, "item" as const),
});
const crc32 = fc.nat({ max: 0xffffffff });
const midstates = fc.record({ SHA1: fc.base64String(), SHA512: fc.base64String() }, { requiredKeys: [] });
const base = {
  fileName: fc.constant(expected.fileName),
  exportId: fc.constant(expected.exportId),
  startedAt: bytes,
  startedAnew: bytes,
};
const fields: fc.Arbitrary<Cursor> = fc.oneof(
  fc.record({
    ...base,
    phase: fc.constant("receiving" as const),
    upFront: fc.option(checksum),
    upload,
    plan: fc.record({ partSizeBytes: fc.integer({ min: 1 }), steadyParts: bytes }),
    parts: bytes,
    offset: bytes,
    readers: fc.integer({ min: 1, max: 16 }),
    crc32,
    midstates: fc.option(midstates),
    digests: fc.record({ SHA1: plainText }, { requiredKeys: [] }),
    source: fc.record({ total: fc.option(bytes), etag: fc.option(plainText) }),
  }),
  fc.record({
    ...base,
    phase: fc.constant("copying" as const),
    staged: fc.record({
      bucket: plainText,
      key: plainText,
      versionId: fc.option(plainText),
      size: bytes,
      crc32,
    }),
    checksum,
    itemChecksumDiffers: fc.boolean(),
    upload,
  }),
);

/** Objects as every program makes them: those of fast-check have no prototype now and then. */
const cursors = fields.map((cursor) => structuredClone(cursor));

describe("a cursor", () => {
  test("is read as it was, after its way through JSON in any order of its fields", () => {
    fc.assert(
      fc.property(cursors, (cursor) => {
        const turned = Object.fromEntries(Object.entries(Object(sealCursor(cursor))).toReversed());
        expect(parseCursor(JSON.parse(JSON.stringify(turned)), expected)).toEqual(cursor);
      }),
    );
  });

  test("with any field changed, added or gone is refused by name", () => {
    const sealed = cursors.map(sealCursor);
    const changed = fc.tuple(sealed, fc.nat()).chain(([cursor]) =>
      fc.tuple(
        fc.constant(cursor),
        fc.oneof(
          damagedValue(fc.constant(cursor)),
          damagedBytes(fc.constant(JSON.stringify(cursor))).map((text) => json(String(text))),
          anyValue,
        ),
      ),
    );
    fc.assert(
      fc.property(changed, ([cursor, value]) => {
        const arrived = json(JSON.stringify(value) ?? "null");
        const outcome = outcomeNow(() => parseCursor(arrived, expected));
        if (isDeepStrictEqual(arrived, json(JSON.stringify(cursor)))) expect(outcome.error).toBeUndefined();
        else expect(outcome.error).toBeInstanceOf(CursorInvalid);
      }),
      share(5),
    );
  });
});

/** Whoever may write the execution's state can seal a cursor anew: even then no other bytes become the file. */
test("a forged cursor leads to the file's own bytes, or to a named error", async () => {
  const content = randomBytes(11 * MiB + 7);
  const sha1 = { algorithm: "SHA1", value: createHash("SHA1").update(content).digest("hex") };
  const other = fc.constantFrom<(value: unknown) => unknown>(
    (value) => (typeof value === "number" ? value + 1 : value),
    (value) => (typeof value === "number" ? Math.max(0, value - 5 * MiB) : value),
    (value) => (typeof value === "number" ? value * 2 ** 20 : value),
    (value) => (typeof value === "string" ? [...value].reverse().join("") : value),
    (value) => (typeof value === "string" ? value.slice(4) : value),
    () => 0,
    () => null,
  );
  await fc.assert(
    fc.asyncProperty(fc.nat(), other, async (place, change) => {
      const transfer = await prepareTransfer(
        { content },
        { itemChecksum: sha1, verdict: { checksum: sha1 } },
      );
      try {
        const first = await invoke(transfer, null, 1);
        if (first.done) expect.fail("the first invocation was to end early");
        const { seal: _seal, ...fields } = Object(first.cursor);
        const forged = sealed(forge(fields, place, change));
        const { error } = await outcomeOf(() => invoke(transfer, forged, 9));
        const { objects } = await transfer.remains();
        if (objects.includes(KEY)) expect(await transfer.holds(content)).toBe(true);
        expect(error === undefined || error instanceof Error).toBe(true);
      } finally {
        await transfer.close();
      }
    }),
    share(1 / 10),
  );
});

function sealed(fields: unknown): unknown {
  // Of whatever shape: the seal is what is right about it.
  return sealCursor(fields as Cursor);
}

function forge(fields: Record<string, unknown>, place: number, change: (value: unknown) => unknown): unknown {
  const paths = leavesOf(fields);
  const path = paths[place % paths.length] ?? [];
  return at(fields, path, change);
}

function leavesOf(value: unknown): string[][] {
  if (typeof value !== "object" || value === null) return [[]];
  return Object.entries(value).flatMap(([name, member]) => leavesOf(member).map((path) => [name, ...path]));
}

function at(value: unknown, [name, ...rest]: string[], change: (value: unknown) => unknown): unknown {
  if (name === undefined || typeof value !== "object" || value === null) return change(value);
  return { ...value, [name]: at(Reflect.get(value, name), rest, change) };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
