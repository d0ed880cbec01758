import { attributeHeaders, isArchived, parseAttributes } from "./attributes.ts";
import { receiveFile, sentAlgorithm } from "./body.ts";
import type { Bucket } from "./bucket.ts";
import { ALGORITHMS, type StoredChecksum } from "./checksums.ts";
import { assertWriteConditions, isNotModified } from "./conditions.ts";
import {
  bucketOf,
  type Context,
  etagOf,
  findObject,
  keyOf,
  type Operation,
  type Reply,
  versionHeader,
} from "./context.ts";
import { S3Error } from "./errors.ts";
import { parseRange } from "./range.ts";
import type { ObjectVersion } from "./record.ts";
import type { S3Request } from "./request.ts";

export const putObject: Operation = async (context, request) => {
  const bucket = bucketOf(context, request);
  const key = keyOf(request);
  const attributes = parseAttributes(request.headers);
  assertLockedBodyIsChecked(bucket, request);
  const file = bucket.temporaryPath();
  const received = await receiveFile(request, file, ["CRC32"], context.limits.maxPutBytes);
  const { checksums } = received;
  const algorithm = sentAlgorithm(request.headers);
  const value = algorithm && checksums[algorithm];
  const checksum: StoredChecksum | undefined =
    algorithm && value ? { algorithm, type: "FULL_OBJECT", value } : undefined;
  const content = {
    etag: etagOf(checksums.CRC32 ?? "", received.size),
    size: received.size,
    attributes,
    checksum,
  };
  const version = await bucket.publish(key, file, content, (current) =>
    assertWriteConditions(request.headers, current),
  );
  return { status: 200, headers: { ...writtenHeaders(version), ...checksumHeaders(version) } };
};

export const headObject: Operation = async (context, request) => {
  const { version } = await readable(context, request);
  if (isNotModified(request.headers, version)) return { status: 304, headers: readHeaders(version, request) };
  const range = parseRange(request.headers.range, version.size);
  return range
    ? { status: 206, headers: rangeHeaders(version, request, range) }
    : { status: 200, headers: { ...readHeaders(version, request), "content-length": String(version.size) } };
};

export const getObject: Operation = async (context, request) => {
  const { bucket, version } = await readable(context, request);
  if (isArchived(version.attributes.storageClass)) throw new S3Error("InvalidObjectState");
  if (isNotModified(request.headers, version)) return { status: 304, headers: readHeaders(version, request) };
  const range = parseRange(request.headers.range, version.size);
  const file = await bucket.open(keyOf(request), version);
  // A reader gets the old object or the new one, and never none.
  if (file === undefined) return getObject(context, request);
  if (range) {
    const headers = rangeHeaders(version, request, range);
    return { status: 206, headers, body: { file, start: range.start, end: range.end } };
  }
  const headers = { ...readHeaders(version, request), "content-length": String(version.size) };
  return { status: 200, headers, body: { file, start: 0, end: version.size } };
};

export const deleteObject: Operation = async (context, request) => {
  const headers = await remove(
    bucketOf(context, request),
    keyOf(request),
    request.query.versionId,
    request.headers,
  );
  return { status: 204, headers };
};

/** Deletes a version, or what is newest, and returns the headers that tell what was done. */
export async function remove(
  bucket: Bucket,
  key: string,
  versionId: string | undefined,
  conditions: Record<string, string> = {},
): Promise<Record<string, string>> {
  const removed =
    versionId === undefined
      ? await bucket.delete(key, (current) => assertWriteConditions(conditions, current))
      : await bucket.deleteVersion(key, versionId);
  return { ...(removed?.deleteMarker ? { "x-amz-delete-marker": "true" } : {}), ...versionHeader(removed) };
}

/** @throws S3Error InvalidRequest: default retention asks for a digest with every upload */
export function assertLockedBodyIsChecked(bucket: Bucket, request: S3Request): void {
  if (!bucket.retention) return;
  const { headers } = request;
  const checked = headers["content-md5"] ?? sentAlgorithm(headers);
  if (checked === undefined) {
    throw new S3Error(
      "InvalidRequest",
      "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters",
    );
  }
}

/** ETag, version and encryption: what every operation that makes an object answers. */
export function writtenHeaders(version: ObjectVersion): Record<string, string> {
  return { etag: `"${version.etag}"`, ...versionHeader(version), ...version.attributes.encryption };
}

export function checksumHeaders({ checksum }: Pick<ObjectVersion, "checksum">): Record<string, string> {
  if (!checksum) return {};
  return { [ALGORITHMS[checksum.algorithm].header]: checksum.value, "x-amz-checksum-type": checksum.type };
}

async function readable(
  context: Context,
  request: S3Request,
): Promise<{ bucket: Bucket; version: ObjectVersion }> {
  const bucket = bucketOf(context, request);
  return { bucket, version: await findObject(bucket, keyOf(request), request.query.versionId) };
}

function readHeaders(version: ObjectVersion, request: S3Request): Record<string, string> {
  const withChecksum = request.headers["x-amz-checksum-mode"]?.toUpperCase() === "ENABLED";
  return {
    "accept-ranges": "bytes",
    "last-modified": new Date(version.lastModified).toUTCString(),
    ...writtenHeaders(version),
    ...attributeHeaders(version.attributes),
    ...(withChecksum ? checksumHeaders(version) : {}),
    ...retentionHeaders(version),
  };
}

function rangeHeaders(
  version: ObjectVersion,
  request: S3Request,
  { start, end }: { start: number; end: number },
): Reply["headers"] {
  // The checksum is of the whole object, so it does not go with a part of it.
  const { headers } = request;
  return {
    ...readHeaders(version, { ...request, headers: { ...headers, "x-amz-checksum-mode": "" } }),
    "content-length": String(end - start),
    "content-range": `bytes ${start}-${end - 1}/${version.size}`,
  };
}

function retentionHeaders({ retention }: ObjectVersion): Record<string, string> {
  if (!retention) return {};
  return {
    "x-amz-object-lock-mode": retention.mode,
    "x-amz-object-lock-retain-until-date": new Date(retention.until).toISOString(),
  };
}
