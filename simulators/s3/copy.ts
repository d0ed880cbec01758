import { isArchived, parseAttributes } from "./attributes.ts";
import { ALGORITHMS, parseAlgorithm, type StoredChecksum } from "./checksums.ts";
import { concatenate, type Piece } from "./concatenate.ts";
import { assertCopyConditions, assertWriteConditions } from "./conditions.ts";
import {
  bucketOf,
  type Context,
  etagOf,
  findBucket,
  findObject,
  keyOf,
  type Operation,
  versionHeader,
} from "./context.ts";
import { S3Error } from "./errors.ts";
import { writtenHeaders } from "./objects.ts";
import { parseCopyRange } from "./range.ts";
import type { ObjectVersion } from "./record.ts";
import { parseCopySource, type S3Request } from "./request.ts";
import { buildXml } from "./xml.ts";

export const copyObject: Operation = async (context, request) => {
  const { headers } = request;
  const bucket = bucketOf(context, request);
  const key = keyOf(request);
  const source = await openCopySource(context, request);
  const given = parseAttributes(headers);
  const replaceMetadata = directive(headers, "x-amz-metadata-directive") === "REPLACE";
  const replaceTags = directive(headers, "x-amz-tagging-directive") === "REPLACE";
  const { attributes: kept } = source.version;
  const attributes = {
    ...given,
    metadata: replaceMetadata ? given.metadata : kept.metadata,
    contentHeaders: replaceMetadata ? given.contentHeaders : kept.contentHeaders,
    tags: replaceTags ? given.tags : kept.tags,
  };
  const named = headers["x-amz-checksum-algorithm"];
  const algorithm = named === undefined ? source.version.checksum?.algorithm : parseAlgorithm(named);
  const file = bucket.temporaryPath();
  const checksums = await concatenate(file, [source.open], algorithm ? ["CRC32", algorithm] : ["CRC32"]);
  const value = algorithm && checksums[algorithm];
  const checksum: StoredChecksum | undefined =
    algorithm && value ? { algorithm, type: "FULL_OBJECT", value } : undefined;
  const content = {
    etag: etagOf(checksums.CRC32 ?? "", source.size),
    size: source.size,
    attributes,
    checksum,
  };
  const version = await bucket.publish(key, file, content, (current) =>
    assertWriteConditions(headers, current),
  );
  const result = {
    LastModified: new Date(version.lastModified).toISOString(),
    ETag: `"${version.etag}"`,
    ...(checksum
      ? { [ALGORITHMS[checksum.algorithm].element]: checksum.value, ChecksumType: checksum.type }
      : {}),
  };
  return {
    status: 200,
    headers: { ...source.headers, ...writtenHeaders(version) },
    body: buildXml({ CopyObjectResult: result }),
  };
};

export interface OpenCopySource {
  version: ObjectVersion;
  /** Bytes to copy. */
  size: number;
  open(): Promise<Piece>;
  /** What the answer says of the source. */
  headers: Record<string, string>;
}

/**
 * The bytes that x-amz-copy-source and x-amz-copy-source-range name.
 * @throws S3Error InvalidRequest above 5 GiB, InvalidObjectState for archived objects
 */
export async function openCopySource(context: Context, request: S3Request): Promise<OpenCopySource> {
  const { headers } = request;
  const { bucket: name, key, versionId } = parseCopySource(headers["x-amz-copy-source"] ?? "");
  const bucket = findBucket(context, name, headers["x-amz-source-expected-bucket-owner"]);
  const version = await findObject(bucket, key, versionId);
  if (isArchived(version.attributes.storageClass)) throw new S3Error("InvalidObjectState");
  assertCopyConditions(headers, version);
  const range = headers["x-amz-copy-source-range"];
  const { start, end } = range ? parseCopyRange(range, version.size) : { start: 0, end: version.size };
  const { maxCopyBytes } = context.limits;
  if (end - start > maxCopyBytes) {
    throw new S3Error(
      "InvalidRequest",
      `The specified copy source is larger than the maximum allowable size for a copy source: ${maxCopyBytes}`,
    );
  }
  const { "x-amz-version-id": sourceVersion } = versionHeader(version);
  return {
    version,
    size: end - start,
    async open() {
      const file = await bucket.open(key, version);
      if (file === undefined) throw new S3Error("PreconditionFailed");
      return { file, start, end };
    },
    headers: sourceVersion ? { "x-amz-copy-source-version-id": sourceVersion } : {},
  };
}

function directive(headers: Record<string, string>, name: string): "COPY" | "REPLACE" {
  const value = headers[name] ?? "COPY";
  if (value !== "COPY" && value !== "REPLACE") throw new S3Error("InvalidArgument", `Unknown ${name}`);
  return value;
}
