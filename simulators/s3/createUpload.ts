import { Assembly } from "./assembly.ts";
import { parseAttributes } from "./attributes.ts";
import { type Algorithm, type ChecksumType, parseAlgorithm } from "./checksums.ts";
import { bucketOf, keyOf, type Operation } from "./context.ts";
import { S3Error } from "./errors.ts";
import type { Upload } from "./uploads.ts";
import { buildXml } from "./xml.ts";

/** CreateMultipartUpload: everything about the object but its bytes is fixed here. */
export const createMultipartUpload: Operation = async (context, request) => {
  const bucket = bucketOf(context, request);
  const key = keyOf(request);
  const attributes = parseAttributes(request.headers);
  const checksum = parseUploadChecksum(request.headers);
  const upload = context.uploads.create({
    bucket: bucket.name,
    key,
    initiated: context.now(),
    attributes,
    checksum,
    assembly: new Assembly(bucket.temporaryPath()),
  });
  const headers: Record<string, string> = { ...attributes.encryption };
  if (checksum) {
    headers["x-amz-checksum-algorithm"] = checksum.algorithm;
    headers["x-amz-checksum-type"] = checksum.type;
  }
  const result = { Bucket: bucket.name, Key: key, UploadId: upload.id };
  return { status: 200, headers, body: buildXml({ InitiateMultipartUploadResult: result }) };
};

/**
 * Which types an algorithm can have in a multipart upload, its default first. A CRC of the whole follows from the
 * CRCs of the parts; a digest does not. Source: "Checking object integrity in Amazon S3", user guide.
 */
const TYPES: Record<Algorithm, ChecksumType[]> = {
  CRC32: ["COMPOSITE", "FULL_OBJECT"],
  CRC32C: ["COMPOSITE", "FULL_OBJECT"],
  CRC64NVME: ["FULL_OBJECT"],
  SHA1: ["COMPOSITE"],
  SHA256: ["COMPOSITE"],
  SHA512: ["COMPOSITE"],
  MD5: ["COMPOSITE"],
  XXHASH64: ["COMPOSITE"],
  XXHASH3: ["COMPOSITE"],
  XXHASH128: ["COMPOSITE"],
};

function parseUploadChecksum(headers: Record<string, string>): Upload["checksum"] {
  const name = headers["x-amz-checksum-algorithm"];
  const type = headers["x-amz-checksum-type"];
  if (name === undefined) {
    if (type === undefined) return undefined;
    throw new S3Error(
      "InvalidRequest",
      "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.",
    );
  }
  const algorithm = parseAlgorithm(name);
  const allowed = TYPES[algorithm];
  const chosen = type === undefined ? allowed[0] : allowed.find((one) => one === type);
  if (chosen === undefined) {
    const known = type === "FULL_OBJECT" || type === "COMPOSITE";
    throw new S3Error(
      "InvalidRequest",
      known
        ? `The ${type} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`
        : "Value for x-amz-checksum-type header is invalid.",
    );
  }
  return { algorithm, type: chosen };
}
