import {
  type CompletedPart,
  CompleteMultipartUploadCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from "@aws-sdk/client-s3";
import type { RecordedChecksum } from "../../checksum.ts";
import { crc32ToBase64 } from "../crc32.ts";
import type { Published } from "../passage.ts";
import type { Destination, OpenUpload, TransferRequest } from "../request.ts";
import { abortUpload } from "./cleanUp.ts";
import { identify } from "./identify.ts";
import { isNotFound, toDestinationError } from "./s3Errors.ts";

/** The S3 client and what goes with every request of one transfer. */
export interface S3Access {
  s3: S3Client;
  expectedBucketOwner: string | undefined;
  signal: AbortSignal;
  /** Awaited before whatever S3 keeps is begun or made visible. */
  beforeStep(): Promise<void>;
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
  publication: Pick<Destination, "replacesETag" | "exportId">,
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
  const send = () => s3.send(command, { abortSignal: signal });
  const { versionId, sent } = await publish(access, upload, facts, publication.exportId, send);
  // The object may be of another upload: of the same request, made twice. This one would stay.
  if (!sent) await abortUpload(s3, upload, expectedBucketOwner).catch(() => {});
  return versionId;
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
  const send = () => access.s3.send(command, { abortSignal: access.signal });
  return (await publish(access, place, facts, exportId, send)).versionId;
}

/** @returns `sent`: false where the request failed, and its object was there all the same */
async function publish(
  access: S3Access,
  place: { bucket: string; key: string },
  facts: ObjectFacts,
  exportId: string,
  send: () => Promise<{ VersionId?: string | undefined }>,
): Promise<{ versionId: string | null; sent: boolean }> {
  await access.beforeStep();
  return await named(place, access.signal, async () => {
    try {
      return { versionId: (await send()).VersionId ?? null, sent: true };
    } catch (error) {
      const found = await headOf(access, place).catch(() => undefined);
      if (found && isOurs(found, exportId) && agrees(found, facts)) {
        return { versionId: found.VersionId ?? null, sent: false };
      }
      throw error;
    }
  });
}

/** The object under the final key, if it is what this very transfer published. */
export async function findPublished(
  access: S3Access,
  { destination, itemChecksum }: Pick<TransferRequest, "destination" | "itemChecksum">,
): Promise<Published | undefined> {
  const found = await named(destination, access.signal, () => headOf(access, destination));
  if (!found || !isOurs(found, destination.exportId)) return undefined;
  const {
    checksum: value = "",
    "checksum-algorithm": algorithm = "",
    "checksum-source": source,
  } = found.Metadata ?? {};
  return {
    versionId: found.VersionId ?? null,
    size: found.ContentLength ?? 0,
    checksum: { algorithm, value, source: source as RecordedChecksum["source"] }, // as finalObject wrote it
    itemChecksumDiffers: itemChecksum?.algorithm === algorithm && itemChecksum.value.toLowerCase() !== value,
  };
}

/** Undefined where there is no such object, or no such version of it. */
export async function headOf(
  { s3, expectedBucketOwner }: S3Access,
  { bucket, key, versionId }: { bucket: string; key: string; versionId?: string | null },
): Promise<HeadObjectCommandOutput | undefined> {
  const command = new HeadObjectCommand({
    Bucket: bucket,
    Key: key,
    VersionId: versionId ?? undefined,
    ChecksumMode: "ENABLED",
    ExpectedBucketOwner: expectedBucketOwner,
  });
  try {
    return await s3.send(command);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

function isOurs(found: HeadObjectCommandOutput, exportId: string): boolean {
  return found.Metadata?.["export-id"] === exportId;
}

function agrees(found: HeadObjectCommandOutput, { size, crc32 }: ObjectFacts): boolean {
  if (found.ContentLength !== size) return false;
  return found.ChecksumCRC32 === undefined || found.ChecksumCRC32 === crc32ToBase64(crc32);
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
