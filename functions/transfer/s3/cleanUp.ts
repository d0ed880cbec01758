import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  ListPartsCommand,
  type S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { DestinationUnavailable } from "../../errors.ts";
import type { OpenUpload } from "../request.ts";
import { identify } from "./identify.ts";
import { isNoSuchUpload, toDestinationError } from "./s3Errors.ts";

const MAX_ABORTS = 5;

/**
 * Removes an upload and its parts. Parts that were on their way may outlive one abort (S3 API, AbortMultipartUpload),
 * so it is repeated until S3 knows nothing of the upload. An upload that is gone already is fine.
 */
export async function abortUpload(
  s3: S3Client,
  upload: OpenUpload,
  expectedBucketOwner?: string,
): Promise<void> {
  const input = { ...identify(upload), ExpectedBucketOwner: expectedBucketOwner };
  try {
    for (let attempt = 0; attempt < MAX_ABORTS; attempt += 1) {
      await s3.send(new AbortMultipartUploadCommand(input));
      await s3.send(new ListPartsCommand({ ...input, MaxParts: 1 }));
    }
  } catch (error) {
    if (isNoSuchUpload(error)) return;
    throw toDestinationError(error, upload);
  }
  throw new DestinationUnavailable(
    `The upload to s3://${upload.bucket}/${upload.key} still exists after ${MAX_ABORTS} aborts`,
  );
}

/** Deletes one version of an object, or the object itself in a bucket without versions. */
export async function deleteVersion(
  s3: S3Client,
  { bucket, key, versionId }: { bucket: string; key: string; versionId: string | null },
  expectedBucketOwner?: string,
): Promise<void> {
  const command = new DeleteObjectCommand({
    Bucket: bucket,
    Key: key,
    VersionId: versionId ?? undefined,
    ExpectedBucketOwner: expectedBucketOwner,
  });
  try {
    await s3.send(command);
  } catch (error) {
    throw toDestinationError(error, { bucket, key });
  }
}

/**
 * Removes all there is at a staging key, which belongs to one file of one run: every version of the object, so that
 * a versioned bucket does not keep its bytes, and uploads whose id was lost with the function that opened them.
 * A server that cannot list versions or uploads has none.
 */
export async function deleteStagingObjects(
  s3: S3Client,
  place: { bucket: string; key: string },
  expectedBucketOwner?: string,
): Promise<void> {
  for (const uploadId of await listUploads(s3, place, expectedBucketOwner)) {
    await abortUpload(s3, { ...place, uploadId }, expectedBucketOwner);
  }
  for (const versionId of await listVersions(s3, place, expectedBucketOwner)) {
    await deleteVersion(s3, { ...place, versionId }, expectedBucketOwner);
  }
}

async function listUploads(
  s3: S3Client,
  { bucket, key }: { bucket: string; key: string },
  expectedBucketOwner: string | undefined,
): Promise<string[]> {
  const place = { Bucket: bucket, ExpectedBucketOwner: expectedBucketOwner };
  try {
    const listed = await s3.send(new ListMultipartUploadsCommand({ ...place, Prefix: key }));
    const uploads = listed.Uploads?.filter(({ Key }) => Key === key) ?? [];
    return uploads.map(({ UploadId }) => UploadId).filter((uploadId) => uploadId !== undefined);
  } catch (error) {
    if (isNotImplemented(error)) return [];
    throw toDestinationError(error, { bucket, key });
  }
}

async function listVersions(
  s3: S3Client,
  { bucket, key }: { bucket: string; key: string },
  expectedBucketOwner: string | undefined,
): Promise<(string | null)[]> {
  const place = { Bucket: bucket, ExpectedBucketOwner: expectedBucketOwner };
  try {
    const listed = await s3.send(new ListObjectVersionsCommand({ ...place, Prefix: key }));
    return [...(listed.Versions ?? []), ...(listed.DeleteMarkers ?? [])]
      .filter(({ Key }) => Key === key)
      .map(({ VersionId }) => VersionId ?? null);
  } catch (error) {
    if (isNotImplemented(error)) return [null];
    throw toDestinationError(error, { bucket, key });
  }
}

function isNotImplemented(error: unknown): boolean {
  return error instanceof S3ServiceException && error.$metadata.httpStatusCode === 501;
}
