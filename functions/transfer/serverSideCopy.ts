import { type CompletedPart, UploadPartCopyCommand } from "@aws-sdk/client-s3";
import { identify, named, type S3Access } from "./multipartUpload.ts";
import { S3_LIMITS } from "./parts.ts";
import type { OpenUpload } from "./request.ts";

const GiB = 1024 ** 3;
/** Up to here one request copies the whole object. */
const LARGEST_SINGLE_COPY_BYTES = GiB;
const COPY_RANGE_BYTES = GiB / 2;
const COPIES_AT_ONCE = 8;

/** An object of which one version is copied. */
export interface CopySource {
  bucket: string;
  key: string;
  versionId: string | null;
  size: number;
}

/** Copies an object into an open upload, inside S3, several ranges at a time. */
export async function copyIntoUpload(
  access: S3Access,
  source: CopySource,
  upload: OpenUpload,
): Promise<CompletedPart[]> {
  const ranges = copyRanges(source.size);
  const parts: CompletedPart[] = [];
  const pending = ranges.entries();
  const worker = async () => {
    // Workers share one iterator: each takes the next range that nobody has taken.
    for (const [index, range] of pending)
      parts[index] = await copyRange(access, source, upload, index + 1, range);
  };
  await Promise.all(Array.from({ length: Math.min(COPIES_AT_ONCE, ranges.length) }, worker));
  return parts;
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
  source: CopySource,
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
    return { PartNumber: number, ETag: CopyPartResult?.ETag };
  });
}
