import { bucketOf, type Operation } from "./context.ts";
import { S3Error } from "./errors.ts";
import { compareKeys, keyEncoding, PAGE } from "./paging.ts";
import type { ObjectVersion } from "./record.ts";
import { queryInteger } from "./request.ts";
import { buildXml, type XmlValue } from "./xml.ts";

/** ListObjectsV2: keys under a prefix, or their names up to the delimiter, a page at a time. */
export const listObjectsV2: Operation = async (context, request) => {
  const bucket = bucketOf(context, request);
  const {
    prefix = "",
    delimiter = "",
    "continuation-token": token,
    "start-after": startAfter = "",
  } = request.query;
  const encode = keyEncoding(request.query["encoding-type"]);
  const max = Math.min(PAGE, queryInteger(request, "max-keys", PAGE));
  let position: Position = token === undefined ? { after: startAfter, whole: false } : decodeToken(token);

  const contents: XmlValue[] = [];
  const commonPrefixes: XmlValue[] = [];
  let truncated = false;
  for (const key of bucket.keys()) {
    if (!key.startsWith(prefix) || isBehind(key, position)) continue;
    const version = await bucket.find(key);
    if (!version || version.deleteMarker) continue;
    if (contents.length + commonPrefixes.length === max) {
      truncated = max > 0;
      break;
    }
    const end = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    if (end < 0) {
      position = { after: key, whole: false };
      contents.push(contentsElement(encode(key), version));
    } else {
      position = { after: key.slice(0, end + delimiter.length), whole: true };
      commonPrefixes.push({ Prefix: encode(position.after) });
    }
  }
  const result = {
    Name: bucket.name,
    Prefix: encode(prefix),
    Delimiter: delimiter === "" ? undefined : encode(delimiter),
    StartAfter: startAfter === "" ? undefined : encode(startAfter),
    MaxKeys: max,
    EncodingType: request.query["encoding-type"],
    KeyCount: contents.length + commonPrefixes.length,
    IsTruncated: truncated,
    ContinuationToken: token,
    NextContinuationToken: truncated ? encodeToken(position) : undefined,
    Contents: contents,
    CommonPrefixes: commonPrefixes,
  };
  return { status: 200, headers: {}, body: buildXml({ ListBucketResult: result }) };
};

/** The last entry that was listed: a key, or (`whole`) a common prefix, which stands for all keys that begin with it. */
interface Position {
  after: string;
  whole: boolean;
}

function isBehind(key: string, { after, whole }: Position): boolean {
  return (after !== "" && compareKeys(key, after) <= 0) || (whole && key.startsWith(after));
}

function encodeToken({ after, whole }: Position): string {
  return Buffer.from(`${whole ? "p" : "k"}${after}`).toString("base64url");
}

function decodeToken(token: string): Position {
  const text = Buffer.from(token, "base64url").toString("utf8");
  if (!/^[pk]/.test(text))
    throw new S3Error("InvalidArgument", "The continuation token provided is incorrect");
  return { after: text.slice(1), whole: text.startsWith("p") };
}

function contentsElement(key: string, version: ObjectVersion): XmlValue {
  return {
    Key: key,
    LastModified: new Date(version.lastModified).toISOString(),
    ETag: `"${version.etag}"`,
    ChecksumAlgorithm: version.checksum?.algorithm,
    ChecksumType: version.checksum?.type,
    Size: version.size,
    StorageClass: version.attributes.storageClass,
  };
}
