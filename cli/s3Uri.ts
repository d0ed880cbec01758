import { InvalidInput } from "../functions/errors.ts";

export interface S3Location {
  bucket: string;
  /** Empty, or ends with `/`: what follows the bucket is a folder. */
  prefix: string;
}

/**
 * Parses `s3://bucket/prefix`. The prefix stands as it is written: nothing in it is decoded.
 * Bucket names: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 * @throws InvalidInput
 */
export function parseS3Uri(text: string): S3Location {
  const [, bucket, path = ""] = /^s3:\/\/([^/]*)(?:\/(.*))?$/s.exec(text) ?? [];
  if (bucket === undefined) {
    throw new InvalidInput(`The destination "${text}" is not of the form s3://bucket/prefix.`);
  }
  checkBucket(bucket);
  if (path.startsWith("/")) {
    throw new InvalidInput(
      `The destination "${text}" has two slashes behind the bucket: its keys would begin with "/".`,
    );
  }
  return { bucket, prefix: path === "" || path.endsWith("/") ? path : `${path}/` };
}

/** @throws InvalidInput when S3 can have no bucket of that name */
export function checkBucket(bucket: string): void {
  const well =
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket) &&
    !bucket.includes("..") &&
    !/^\d+\.\d+\.\d+\.\d+$/.test(bucket);
  if (!well) {
    throw new InvalidInput(
      `"${bucket}" cannot be the name of a bucket: 3 to 63 lower-case letters, digits, "-" and ".", no address.`,
    );
  }
}
