import { createHash } from "node:crypto";
import * as z from "zod";
import { CHECKSUM_ALGORITHMS } from "../checksum.ts";
import { describeIssues } from "../config.ts";
import { CursorInvalid } from "../errors.ts";

const upload = z.strictObject({ bucket: z.string(), key: z.string(), uploadId: z.string() });
const checksum = z.strictObject({
  algorithm: z.string(),
  value: z.string(),
  source: z.enum(["session", "item", "computed"]),
});
const bytes = z.int().nonnegative();
const crc32 = z.int().min(0).max(0xffffffff);
const base = {
  fileName: z.string(),
  exportId: z.string(),
  /** When the transfer began, in milliseconds since the epoch. */
  startedAt: z.int(),
  /** How often the file was started anew because what was uploaded of it was gone, or met a conflict. */
  startedAnew: bytes,
};

/** Bytes are being received into an upload: those before `offset` are stored, as parts 1 to `parts`. */
const receiving = z.strictObject({
  ...base,
  phase: z.literal("receiving"),
  /** The checksum that the upload's object carries; null: the upload is a staging object's. */
  upFront: checksum.nullable(),
  upload,
  plan: z.strictObject({ partSizeBytes: z.int().positive(), steadyParts: bytes }),
  parts: bytes,
  offset: bytes,
  /** Ranges received at the same time: decided once for a file. */
  readers: z.int().min(1).max(16),
  crc32,
  /** What the digests go on from; null where the bytes before the offset have to be received once more. */
  midstates: z.partialRecord(z.enum(CHECKSUM_ALGORITHMS), z.base64()).nullable(),
  /** Checksums of the bytes before the offset: what is received once more must have the same. */
  digests: z.partialRecord(z.enum(CHECKSUM_ALGORITHMS), z.string()),
  /** What the source said of the file. */
  source: z.strictObject({ total: bytes.nullable(), etag: z.string().nullable() }),
});

/** Every byte is received and verified; the staging object is being copied into the final one. */
const copying = z.strictObject({
  ...base,
  phase: z.literal("copying"),
  staged: z.strictObject({
    bucket: z.string(),
    key: z.string(),
    versionId: z.string().nullable(),
    size: bytes,
    crc32,
  }),
  checksum,
  itemChecksumDiffers: z.boolean(),
  upload,
});

const cursorSchema = z.discriminatedUnion("phase", [receiving, copying]);

/**
 * Where an unfinished transfer stands, for the next invocation: plain JSON below 4 KB for a file of any size. The
 * parts themselves are not in it: S3's ListParts is the record of them.
 */
export type Cursor = z.infer<typeof cursorSchema>;
export type ReceivingCursor = z.infer<typeof receiving>;
export type CopyingCursor = z.infer<typeof copying>;

/** What an invocation returns of its cursor, so that the next one sees whether it is still what it was. */
export function sealCursor(cursor: Cursor): unknown {
  return { ...cursor, seal: sealOf(cursor) };
}

const sealed = z.looseObject({ seal: z.string() });

/**
 * The cursor that `sealCursor` was given. Nothing else would tell of every change: digests that go on from another
 * midstate are those of no file, and where vCenter gives no checksum they would be recorded. It is no protection
 * against those who may write the execution's state: they could name another file as well.
 * @throws CursorInvalid when it is not a cursor, was changed, or is another transfer's
 */
export function parseCursor(value: unknown, expected: { fileName: string; exportId: string }): Cursor {
  const { seal, ...fields } = parseAs(sealed, value, expected.fileName);
  const cursor = parseAs(cursorSchema, fields, expected.fileName);
  if (seal !== sealOf(cursor)) {
    throw new CursorInvalid(
      `The cursor of "${expected.fileName}" was changed since it was made: start the export again`,
    );
  }
  if (cursor.fileName !== expected.fileName || cursor.exportId !== expected.exportId) {
    throw new CursorInvalid(
      `The cursor given for "${expected.fileName}" belongs to "${cursor.fileName}" of another export`,
    );
  }
  return cursor;
}

function parseAs<T>(schema: z.ZodType<T>, value: unknown, fileName: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new CursorInvalid(`The cursor of "${fileName}" is not valid: ${describeIssues(parsed.error)}`);
}

/** Of the fields in the order of their names: it travels through Step Functions, which promises no order. */
function sealOf(cursor: Cursor): string {
  const json = JSON.stringify(cursor, (_name, value: unknown) =>
    typeof value === "object" && value !== null
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
  return createHash("sha256").update(json).digest("hex");
}
