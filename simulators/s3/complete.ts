import { open } from "node:fs/promises";
import type { Bucket } from "./bucket.ts";
import {
  ALGORITHMS,
  assertChecksumForm,
  checksumHeader,
  compositeChecksum,
  type StoredChecksum,
} from "./checksums.ts";
import { concatenate } from "./concatenate.ts";
import { assertWriteConditions } from "./conditions.ts";
import {
  bucketOf,
  type Context,
  etagOf,
  keyOf,
  type Operation,
  type Reply,
  versionHeader,
} from "./context.ts";
import { combineCrc32 } from "./crc32Combine.ts";
import { S3Error } from "./errors.ts";
import { type ListedPart, receivePartList, selectParts } from "./partList.ts";
import type { ObjectVersion } from "./record.ts";
import type { Part, Upload } from "./uploads.ts";
import { buildXml } from "./xml.ts";

/** CompleteMultipartUpload. When anything is refused the upload stays as it is, and may be completed again. */
export const completeMultipartUpload: Operation = async (context, request) => {
  const bucket = bucketOf(context, request);
  const list = await receivePartList(request);
  return context.uploads.complete(bucket.name, keyOf(request), request.query.uploadId, (upload) =>
    complete(context, request.headers, bucket, upload, list),
  );
};

async function complete(
  context: Context,
  headers: Record<string, string>,
  bucket: Bucket,
  upload: Upload,
  list: ListedPart[],
): Promise<Reply> {
  const parts = selectParts(upload, list);
  const size = assertSizes(context, headers, parts);
  assertChecksumType(headers, upload);
  // Now, so that the work is spared; and again at the moment of publication.
  const before = await bucket.find(upload.key);
  assertWriteConditions(headers, before?.deleteMarker ? undefined : before);

  const file = bucket.temporaryPath();
  const whole = await putTogether(upload, parts, file);
  const checksum = await objectChecksum(upload, parts, whole);
  const etag = `${etagOf(parts.map((part) => part.etag).join(), size)}-${parts.length}`;
  const content = { etag, size, attributes: upload.attributes, checksum };
  const version = await bucket.publish(upload.key, file, content, (current) => {
    assertObjectChecksum(headers, checksum);
    if (!conditionsHold(headers, current)) throw new S3Error("ConditionalRequestConflict");
  });
  const result = {
    Location: `/${bucket.name}/${upload.key}`,
    Bucket: bucket.name,
    Key: upload.key,
    ETag: `"${etag}"`,
    ...(checksum
      ? { [ALGORITHMS[checksum.algorithm].element]: checksum.value, ChecksumType: checksum.type }
      : {}),
  };
  return {
    status: 200,
    headers: { ...versionHeader(version), ...upload.attributes.encryption },
    body: buildXml({ CompleteMultipartUploadResult: result }),
  };
}

/** Makes a file of the parts. @returns the base64 of a FULL_OBJECT checksum */
async function putTogether(
  { checksum, assembly }: Upload,
  parts: Part[],
  path: string,
): Promise<string | undefined> {
  const algorithm = checksum?.type === "FULL_OBJECT" ? checksum.algorithm : undefined;
  const needsReading = algorithm !== undefined && algorithm !== "CRC32";
  if (!needsReading && (await assembly.linkWhole(parts, path))) return algorithm && combinedCrc32(parts);
  const pieces = parts.map(({ place, size }) => async () => ({
    file: await open(place.path, "r"),
    start: place.start,
    end: place.start + size,
  }));
  const checksums = await concatenate(path, pieces, algorithm ? [algorithm] : []);
  return algorithm && checksums[algorithm];
}

function combinedCrc32(parts: Part[]): string {
  const value = Buffer.alloc(4);
  value.writeUInt32BE(
    combineCrc32(
      parts.map(({ crc32, size }) => ({ crc32: Buffer.from(crc32, "base64").readUInt32BE(), bytes: size })),
    ),
  );
  return value.toString("base64");
}

/** @returns bytes of the object @throws S3Error EntityTooSmall, EntityTooLarge, InvalidRequest */
function assertSizes({ limits }: Context, headers: Record<string, string>, parts: Part[]): number {
  if (parts.slice(0, -1).some((part) => part.size < limits.minPartBytes)) throw new S3Error("EntityTooSmall");
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  if (size > limits.maxObjectBytes) throw new S3Error("EntityTooLarge");
  const expected = headers["x-amz-mp-object-size"];
  if (expected !== undefined && Number(expected) !== size) {
    throw new S3Error(
      "InvalidRequest",
      `The provided 'x-amz-mp-object-size' header value ${expected} does not match what was computed: ${size}`,
    );
  }
  return size;
}

function assertChecksumType(headers: Record<string, string>, { checksum }: Upload): void {
  const type = headers["x-amz-checksum-type"];
  if (type !== undefined && type !== checksum?.type) {
    throw new S3Error(
      "InvalidRequest",
      `The upload was created using the ${checksum?.type ?? "default"} checksum mode. The complete request must use the same checksum mode.`,
    );
  }
}

async function objectChecksum(
  { checksum }: Upload,
  parts: Part[],
  whole: string | undefined,
): Promise<StoredChecksum | undefined> {
  if (!checksum) return undefined;
  if (checksum.type === "FULL_OBJECT") return { ...checksum, value: whole ?? "" };
  return compositeChecksum(
    checksum.algorithm,
    parts.map((part) => part.checksum ?? ""),
  );
}

/** @throws S3Error BadDigest */
function assertObjectChecksum(headers: Record<string, string>, computed: StoredChecksum | undefined): void {
  const sent = checksumHeader(headers);
  if (!sent) return;
  if (sent.algorithm !== computed?.algorithm) {
    throw new S3Error(
      "InvalidRequest",
      `Checksum Type mismatch occurred, expected checksum Type: ${(computed?.algorithm ?? "null").toLowerCase()}, actual checksum Type: ${sent.algorithm.toLowerCase()}`,
    );
  }
  assertChecksumForm(sent.algorithm, sent.value);
  if (sent.value !== computed.value) {
    throw new S3Error(
      "BadDigest",
      `The ${sent.algorithm.toLowerCase()} you specified did not match the calculated checksum.`,
    );
  }
}

/** They did when the work began: if they no longer do, somebody else was faster. */
function conditionsHold(headers: Record<string, string>, current: ObjectVersion | undefined): boolean {
  try {
    assertWriteConditions(headers, current);
    return true;
  } catch {
    return false;
  }
}
