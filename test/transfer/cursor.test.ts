import { randomBytes, randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { CursorInvalid } from "../../functions/errors.ts";
import { parseCursor, type ReceivingCursor, sealCursor } from "../../functions/transfer/cursor.ts";

const expected = { fileName: "disk.iso", exportId: randomUUID() };

const cursor: ReceivingCursor = {
  ...expected,
  startedAt: 1,
  startedAnew: 0,
  phase: "receiving",
  upFront: null,
  upload: { bucket: "images", key: "library/item/disk.iso", uploadId: randomUUID() },
  plan: { partSizeBytes: 8, steadyParts: 10_000 },
  parts: 2,
  offset: 16,
  readers: 1,
  crc32: 7,
  midstates: {
    SHA1: randomBytes(96).toString("base64"),
    MD5: randomBytes(92).toString("base64"),
    SHA256: randomBytes(112).toString("base64"),
  },
  digests: { SHA1: "0a", SHA256: "0b", MD5: "0c" },
  source: { total: 20, etag: '"v1"' },
};

/** The same value, of which no object has its fields in the order that they had. */
function turnedRound(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value).map(([name, field]) => [name, turnedRound(field)]);
  return Object.fromEntries(fields.toReversed());
}

test("a cursor comes back as it was, whatever becomes of the order of its fields on the way", () => {
  const sealed = sealCursor(cursor);
  expect(parseCursor(sealed, expected)).toEqual(cursor);
  expect(parseCursor(turnedRound(sealed), expected)).toEqual(cursor);
});

test("a cursor is sealed alike whatever the prototypes of its objects", () => {
  const plan = Object.assign(Object.create(null), cursor.plan);
  expect(sealCursor({ ...cursor, plan })).toEqual(sealCursor(cursor));
});

test.each([
  ["another file", { fileName: "other.iso" }],
  ["the same file in another export", { exportId: randomUUID() }],
])("a cursor of %s is refused", (_whose, other) => {
  const parse = () => parseCursor(sealCursor(cursor), { ...expected, ...other });
  expect(parse).toThrow(CursorInvalid);
  expect(parse).toThrow('belongs to "disk.iso" of another export');
});
