import { z } from "zod";
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

/** @throws CursorInvalid when it is not a cursor, or another transfer's */
export function parseCursor(value: unknown, expected: { fileName: string; exportId: string }): Cursor {
  const parsed = cursorSchema.safeParse(value);
  if (!parsed.success) {
    throw new CursorInvalid(
      `The cursor of "${expected.fileName}" is not valid: ${describeIssues(parsed.error)}`,
    );
  }
  if (parsed.data.fileName !== expected.fileName || parsed.data.exportId !== expected.exportId) {
    throw new CursorInvalid(
      `The cursor given for "${expected.fileName}" belongs to "${parsed.data.fileName}" of another export`,
    );
  }
  return parsed.data;
}
