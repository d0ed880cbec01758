import {
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { DestinationRefused } from "../errors.ts";
import { crc32ToBase64 } from "./crc32.ts";
import type { Destination, OpenUpload } from "./request.ts";
import { toDestinationError } from "./s3Errors.ts";

/** The S3 client and what goes with every request of one transfer. */
export interface S3Access {
  s3: S3Client;
  expectedBucketOwner: string | undefined;
  signal: AbortSignal;
}

/** What an object must turn out to be. */
export interface ObjectFacts {
  size: number;
  crc32: number;
}

/** Headers that keep a publication from replacing what it must not. */
export function publishCondition(replacesETag: Destination["replacesETag"]): {
  IfMatch?: string;
  IfNoneMatch?: string;
} {
  if (replacesETag === "*") return {};
  return replacesETag === null ? { IfNoneMatch: "*" } : { IfMatch: replacesETag };
}

/** Opens an upload whose checksum is the CRC-32 of the whole object. */
export async function createUpload(
  { s3, signal }: S3Access,
  properties: CreateMultipartUploadCommandInput & { Bucket: string; Key: string },
): Promise<OpenUpload> {
  const { Bucket: bucket, Key: key } = properties;
  const command = new CreateMultipartUploadCommand({
    ...properties,
    ChecksumAlgorithm: "CRC32",
    ChecksumType: "FULL_OBJECT",
  });
  return await named({ bucket, key }, signal, async () => {
    const { UploadId: uploadId } = await s3.send(command, { abortSignal: signal });
    if (!uploadId) throw new DestinationRefused(`s3://${bucket}/${key}: S3 opened an upload without an id`);
    return { bucket, key, uploadId };
  });
}

export async function uploadPart(
  { s3, expectedBucketOwner, signal }: S3Access,
  upload: OpenUpload,
  part: { number: number; bytes: Buffer; crc32: number },
): Promise<CompletedPart> {
  const command = new UploadPartCommand({
    ...identify(upload),
    PartNumber: part.number,
    Body: part.bytes,
    ContentLength: part.bytes.length,
    ChecksumCRC32: crc32ToBase64(part.crc32),
    ExpectedBucketOwner: expectedBucketOwner,
  });
  return await named(upload, signal, async () => {
    const { ETag } = await s3.send(command, { abortSignal: signal });
    return { PartNumber: part.number, ETag };
  });
}

/**
 * Makes the upload's object visible, S3 having compared its size and its CRC-32.
 * A reply that was lost makes a repeated Complete fail: then the object itself tells whether the first one worked.
 *
 * @returns the object's version, null in a bucket without versions
 */
export async function completeUpload(
  access: S3Access,
  upload: OpenUpload,
  parts: CompletedPart[],
  facts: ObjectFacts,
  publication: { replacesETag: Destination["replacesETag"]; exportId: string | null },
): Promise<string | null> {
  const { s3, expectedBucketOwner, signal } = access;
  const command = new CompleteMultipartUploadCommand({
    ...identify(upload),
    MultipartUpload: { Parts: parts },
    MpuObjectSize: facts.size,
    ChecksumType: "FULL_OBJECT",
    ChecksumCRC32: crc32ToBase64(facts.crc32),
    ...publishCondition(publication.replacesETag),
    ExpectedBucketOwner: expectedBucketOwner,
  });
  return await publish(access, upload, facts, publication.exportId, () =>
    s3.send(command, { abortSignal: signal }),
  );
}

/** Sends a file that fits into one buffer, everything about it being known and verified. */
export async function putObject(
  access: S3Access,
  properties: PutObjectCommandInput & { Bucket: string; Key: string },
  bytes: Buffer,
  facts: ObjectFacts,
  { replacesETag, exportId }: Pick<Destination, "replacesETag" | "exportId">,
): Promise<string | null> {
  const command = new PutObjectCommand({
    ...properties,
    Body: bytes,
    ContentLength: bytes.length,
    ChecksumCRC32: crc32ToBase64(facts.crc32),
    ...publishCondition(replacesETag),
  });
  const place = { bucket: properties.Bucket, key: properties.Key };
  return await publish(access, place, facts, exportId, () =>
    access.s3.send(command, { abortSignal: access.signal }),
  );
}

async function publish(
  access: S3Access,
  place: { bucket: string; key: string },
  facts: ObjectFacts,
  exportId: string | null,
  send: () => Promise<{ VersionId?: string | undefined }>,
): Promise<string | null> {
  return await named(place, access.signal, async () => {
    try {
      return (await send()).VersionId ?? null;
    } catch (error) {
      const published = exportId === null ? undefined : await findPublished(access, place, facts, exportId);
      if (published) return published.versionId;
      throw error;
    }
  });
}

/** The object at the key, if it is the one that this very transfer meant to publish. */
async function findPublished(
  { s3, expectedBucketOwner }: S3Access,
  { bucket, key }: { bucket: string; key: string },
  facts: ObjectFacts,
  exportId: string,
): Promise<{ versionId: string | null } | undefined> {
  const command = new HeadObjectCommand({
    Bucket: bucket,
    Key: key,
    ChecksumMode: "ENABLED",
    ExpectedBucketOwner: expectedBucketOwner,
  });
  const head = await s3.send(command).catch(() => undefined);
  if (head?.Metadata?.["export-id"] !== exportId || head.ContentLength !== facts.size) return undefined;
  if (head.ChecksumCRC32 !== undefined && head.ChecksumCRC32 !== crc32ToBase64(facts.crc32)) return undefined;
  return { versionId: head.VersionId ?? null };
}

export function identify({ bucket, key, uploadId }: OpenUpload): {
  Bucket: string;
  Key: string;
  UploadId: string;
} {
  return { Bucket: bucket, Key: key, UploadId: uploadId };
}

/** Gives S3's errors their name, unless the transfer was aborted: then the reason for that is the error. */
export async function named<T>(
  place: { bucket: string; key: string },
  signal: AbortSignal,
  send: () => Promise<T>,
): Promise<T> {
  try {
    return await send();
  } catch (error) {
    signal.throwIfAborted();
    throw toDestinationError(error, place);
  }
}
