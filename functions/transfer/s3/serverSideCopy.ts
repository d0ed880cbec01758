import { type CompletedPart, UploadPartCopyCommand } from "@aws-sdk/client-s3";
import { S3_LIMITS } from "../parts.ts";
import type { Passage, Staged } from "../passage.ts";
import type { OpenUpload } from "../request.ts";
import { identify } from "./identify.ts";
import { named, type S3Access } from "./multipartUpload.ts";

const GiB = 1024 ** 3;
/** Up to here one request copies the whole object. */
const LARGEST_SINGLE_COPY_BYTES = GiB;
const COPY_RANGE_BYTES = GiB / 2;
const COPIES_AT_ONCE = 8;

/**
 * Copies an object into an open upload, inside S3, several ranges at a time.
 * @param stored the parts that the upload has already
 * @returns undefined when the time does not suffice: what has been copied until then is stored
 */
export async function copyIntoUpload(
  { access, deadline, failure, request }: Passage,
  source: Staged,
  upload: OpenUpload,
  stored: CompletedPart[],
): Promise<CompletedPart[] | undefined> {
  await access.beforeStep();
  const ranges = copyRanges(source.size);
  const parts = new Map(stored.map((part) => [part.PartNumber, part]));
  const missing = ranges.entries().filter(([index]) => !parts.has(index + 1));
  const worker = async () => {
    // Workers share one iterator: each takes the next range that nobody has taken.
    for (const [index, range] of missing) {
      if (deadline.isNear()) return;
      const startedAt = request.clock.now();
      parts.set(index + 1, await copyRange(access, source, upload, index + 1, range));
      deadline.uploadTook(request.clock.now() - startedAt);
    }
  };
  const workers = Array.from({ length: Math.min(COPIES_AT_ONCE, ranges.length) }, async () => {
    // The first failure ends the others, and nothing goes on behind it.
    await worker().catch((error: unknown) => failure.abort(error));
  });
  await Promise.all(workers);
  access.signal.throwIfAborted();
  if (parts.size < ranges.length) return undefined;
  return [...parts.values()].toSorted((a, b) => (a.PartNumber ?? 0) - (b.PartNumber ?? 0));
}

/** `first-last` in bytes for each request; undefined for the whole object. */
export function copyRanges(size: number): (string | undefined)[] {
  if (size <= LARGEST_SINGLE_COPY_BYTES) return [undefined];
  const length = Math.max(COPY_RANGE_BYTES, Math.ceil(size / S3_LIMITS.parts));
  return Array.from({ length: Math.ceil(size / length) }, (_, index) => {
    return `bytes=${index * length}-${Math.min(size, (index + 1) * length) - 1}`;
  });
}

async function copyRange(
  { s3, expectedBucketOwner, signal }: S3Access,
  source: Staged,
  upload: OpenUpload,
  number: number,
  range: string | undefined,
): Promise<CompletedPart> {
  const path = [source.bucket, ...source.key.split("/")].map(encodeURIComponent).join("/");
  const command = new UploadPartCopyCommand({
    ...identify(upload),
    PartNumber: number,
    CopySource: source.versionId === null ? path : `${path}?versionId=${source.versionId}`,
    CopySourceRange: range,
    ExpectedBucketOwner: expectedBucketOwner,
    ExpectedSourceBucketOwner: expectedBucketOwner,
  });
  return await named(upload, signal, async () => {
    const { CopyPartResult } = await s3.send(command, { abortSignal: signal });
    return { PartNumber: number, ETag: CopyPartResult?.ETag, ChecksumCRC32: CopyPartResult?.ChecksumCRC32 };
  });
}
