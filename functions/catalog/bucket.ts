import type { S3Client } from "@aws-sdk/client-s3";
import { GetObjectLockConfigurationCommand, HeadBucketCommand, S3ServiceException } from "@aws-sdk/client-s3";
import { DestinationDenied } from "../errors.ts";
import { isNotFound, toDestinationError } from "../transfer/s3/s3Errors.ts";

/** A bucket, and how this program reaches it: what every access to the catalog starts from. */
export interface CatalogBucket {
  s3: S3Client;
  bucket: string;
  /** 12-digit account that must own the bucket. */
  expectedBucketOwner?: string;
}

/** The fields that every request to the bucket has. */
export function bucketFields({ bucket, expectedBucketOwner }: CatalogBucket) {
  return {
    Bucket: bucket,
    ...(expectedBucketOwner !== undefined && { ExpectedBucketOwner: expectedBucketOwner }),
  };
}

/**
 * Makes sure, before anything is asked of vCenter, that the bucket is there and may be used.
 * @throws DestinationDenied, DestinationUnavailable
 */
export async function checkBucket(catalog: CatalogBucket): Promise<void> {
  try {
    await catalog.s3.send(new HeadBucketCommand(bucketFields(catalog)));
  } catch (error) {
    if (isNotFound(error)) {
      throw new DestinationDenied(
        `There is no bucket "${catalog.bucket}": create it, or check its name and the region`,
        {
          cause: error,
        },
      );
    }
    throw toDestinationError(error, { bucket: catalog.bucket });
  }
}

/**
 * True where new objects are locked by default, so that staging objects could not be removed. A bucket without
 * Object Lock, or a server without the operation or the permission for it, counts as not locked.
 */
export async function locksNewObjects(catalog: CatalogBucket): Promise<boolean> {
  try {
    const answer = await catalog.s3.send(new GetObjectLockConfigurationCommand(bucketFields(catalog)));
    return answer.ObjectLockConfiguration?.Rule?.DefaultRetention !== undefined;
  } catch (error) {
    const status = error instanceof S3ServiceException ? (error.$metadata.httpStatusCode ?? 0) : 0;
    if (status === 501 || (status >= 400 && status < 500)) return false;
    throw toDestinationError(error, { bucket: catalog.bucket });
  }
}
