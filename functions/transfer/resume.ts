import type { Part } from "@aws-sdk/client-s3";
import { SourceChanged } from "../errors.ts";
import { copyStaged } from "./copyStaged.ts";
import type { CopyingCursor, Cursor, ReceivingCursor } from "./cursor.ts";
import { algorithmsFor, createDigest, createResumableDigest, type Digest, resumeDigest } from "./digest.ts";
import { poolFor } from "./move.ts";
import { openFile, readFile, sourceOf } from "./openFile.ts";
import { type PartPlan, partSize } from "./parts.ts";
import type { Passage } from "./passage.ts";
import { type Publication, publishDirectly, publishThroughStaging } from "./publish.ts";
import { Received } from "./received.ts";
import type { Reception } from "./reception.ts";
import { findPublished, headOf, named } from "./s3/multipartUpload.ts";
import { completed, listStoredParts } from "./s3/storedParts.ts";
import type { SourceStream } from "./source/source.ts";
import { withUpload } from "./withUpload.ts";

/**
 * Goes on where an earlier process stopped. What S3 holds is the truth: an upload that is gone has either become the
 * object, which is then recognised, or the file has to start anew.
 * @throws SourceChanged when the source is no longer the one whose first bytes are stored
 */
export async function resume(passage: Passage, cursor: Cursor): Promise<Publication | "start anew"> {
  return cursor.phase === "copying" ? resumeCopying(passage, cursor) : resumeReceiving(passage, cursor);
}

async function resumeCopying(passage: Passage, cursor: CopyingCursor): Promise<Publication | "start anew"> {
  const { access } = passage;
  const stored = await listStoredParts(access, cursor.upload);
  if (stored) {
    const continued = { upload: cursor.upload, stored: [...stored.values()].map(completed) };
    return await copyStaged(passage, cursor.staged, cursor, continued);
  }
  const published = await findPublished(access, passage.request);
  if (published) return { published: { ...published, itemChecksumDiffers: cursor.itemChecksumDiffers } };
  const staged = await named(cursor.staged, access.signal, () => headOf(access, cursor.staged));
  if (staged?.ContentLength !== cursor.staged.size) return "start anew";
  return await copyStaged(passage, cursor.staged, cursor);
}

async function resumeReceiving(
  passage: Passage,
  cursor: ReceivingCursor,
): Promise<Publication | "start anew"> {
  const { access, request } = passage;
  const stored = await listStoredParts(access, cursor.upload);
  if (!stored) {
    const published = await findPublished(access, request);
    return published ? { published } : "start anew";
  }
  const before = [...stored.values()].filter(({ PartNumber = 0 }) => PartNumber <= cursor.parts);
  const continued = { upload: cursor.upload, stored: before.map(completed) };
  const reception = await withUpload(passage, continued, async () =>
    holdsAll(stored, cursor) ? await catchUp(passage, cursor) : undefined,
  );
  if (!reception) return "start anew";
  try {
    const parts = readFile(reception, cursor.parts + 1);
    return cursor.upFront
      ? await publishDirectly(reception, cursor.upFront, parts, continued)
      : await publishThroughStaging(reception, parts, continued);
  } finally {
    reception.stream.close();
    reception.received.digest.close();
  }
}

function holdsAll(stored: Map<number, Part>, { parts, plan }: { parts: number; plan: PartPlan }): boolean {
  for (let number = 1; number <= parts; number += 1) {
    if (stored.get(number)?.Size !== partSize(plan, number)) return false;
  }
  return true;
}

/**
 * Brings the source and the digests to the cursor's offset: by a range and from the midstates where that is
 * possible, else by receiving everything before it once more, which must then have the cursor's checksums.
 */
async function catchUp(passage: Passage, cursor: ReceivingCursor): Promise<Reception | undefined> {
  const { access, deadline, request } = passage;
  const { midstates, offset, crc32, plan, parts } = cursor;
  const pool = poolFor(passage);
  const stream = midstates
    ? await openFile(passage, offset)
    : await sourceOf(request).open({ start: 0 }, access.signal);
  let digest: Digest | undefined;
  let caughtUp: Reception | undefined;
  try {
    requireSameSource(stream, cursor, request.fileName);
    if (midstates && stream.ranged) {
      digest = await resumeDigest(midstates);
      const received = new Received(digest, { size: offset, crc32 });
      caughtUp = { passage, stream, plan, pool, received };
      return caughtUp;
    }
    const algorithms = algorithmsFor(cursor.upFront);
    digest = stream.ranged ? await createResumableDigest(algorithms) : createDigest(algorithms, stream.total);
    const received = new Received(digest);
    // Where ranges are served, the rest of the file may follow in later invocations.
    const needed = stream.ranged ? offset : stream.total;
    const buffer = await pool.acquire(partSize(plan, parts));
    for (let number = 1; number <= parts; number += 1) {
      const bytes = buffer.subarray(0, partSize(plan, number));
      await received.add(bytes.subarray(0, await stream.fill(bytes)));
      deadline.stepDone();
      deadline.requireWholeFile(request.fileName, received.size, needed);
    }
    pool.release(buffer);
    const digests = await digest.values();
    if (Object.entries(cursor.digests).some(([algorithm, value]) => digests.get(algorithm) !== value)) {
      return undefined;
    }
    const { ranged } = stream;
    if (ranged) stream.close();
    const rest = ranged ? await openFile(passage, offset) : stream;
    caughtUp = { passage, stream: rest, plan, pool, received };
    return caughtUp;
  } finally {
    if (!caughtUp) {
      stream.close();
      digest?.close();
    }
  }
}

function requireSameSource(stream: SourceStream, { source }: ReceivingCursor, fileName: string): void {
  const { total, etag } = source;
  const size = stream.total ?? null;
  if (size !== total) {
    throw new SourceChanged(`"${fileName}" had ${total} bytes when its download began, and has ${size} now`);
  }
  if ((stream.etag ?? null) !== etag) {
    throw new SourceChanged(`The endpoint of "${fileName}" gives another ETag than when the download began`);
  }
}
