import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import type { Bucket } from "./bucket.ts";
import { S3Error } from "./errors.ts";
import type { Limits } from "./limits.ts";
import type { ObjectVersion } from "./record.ts";
import type { S3Request } from "./request.ts";
import type { Uploads } from "./uploads.ts";

/** What every operation works with. */
export interface Context {
  buckets: ReadonlyMap<string, Bucket>;
  uploads: Uploads;
  limits: Limits;
  region: string;
  /** Account that owns every bucket. */
  owner: string;
  now(): number;
}

export interface Reply {
  status: number;
  headers: Record<string, string>;
  body?: string | FileBody;
}

/** Bytes `start` up to, not including, `end` of an open file, which is closed after them. */
export interface FileBody {
  file: FileHandle;
  start: number;
  end: number;
}

export type Operation = (context: Context, request: S3Request) => Promise<Reply>;

/** @throws S3Error NoSuchBucket, AccessDenied when x-amz-expected-bucket-owner names another account */
export function bucketOf(context: Context, request: S3Request): Bucket {
  return findBucket(context, request.bucket, request.headers["x-amz-expected-bucket-owner"]);
}

export function findBucket(
  context: Context,
  name: string | undefined,
  expectedOwner: string | undefined,
): Bucket {
  const bucket = name === undefined ? undefined : context.buckets.get(name);
  if (!bucket) throw new S3Error("NoSuchBucket");
  if (expectedOwner !== undefined && expectedOwner !== context.owner) throw new S3Error("AccessDenied");
  return bucket;
}

/** The key that the router has made sure of. */
export function keyOf(request: S3Request): string {
  if (request.key === undefined) throw new S3Error("InvalidURI");
  return request.key;
}

/** @throws S3Error NoSuchKey, NoSuchVersion, MethodNotAllowed for a delete marker asked for by its id */
export async function findObject(bucket: Bucket, key: string, versionId?: string): Promise<ObjectVersion> {
  const version = await bucket.find(key, versionId);
  if (!version) throw new S3Error(versionId === undefined ? "NoSuchKey" : "NoSuchVersion");
  if (!version.deleteMarker) return version;
  const headers = { "x-amz-delete-marker": "true", ...versionHeader(version) };
  throw new S3Error(versionId === undefined ? "NoSuchKey" : "MethodNotAllowed", undefined, headers);
}

export function versionHeader(version: ObjectVersion | undefined): Record<string, string> {
  return version?.versionId ? { "x-amz-version-id": version.versionId } : {};
}

/**
 * An entity tag that follows from the content, here from its CRC32 or its parts' tags, as S3's do, but is not the
 * MD5 of the bytes: so it is for objects encrypted with KMS, and a client that takes it for a digest is wrong
 * there too. (And MD5 is the slowest of all digests.)
 */
export function etagOf(content: string, size: number): string {
  return createHash("md5").update(`${content} ${size}`).digest("hex");
}
