import type { PartPlace } from "./assembly.ts";
import { announcedLength, receiveInto, sentAlgorithm } from "./body.ts";
import { ALGORITHMS, type Algorithm } from "./checksums.ts";
import { concatenateInto } from "./concatenate.ts";
import { bucketOf, type Context, etagOf, keyOf, type Operation } from "./context.ts";
import { openCopySource } from "./copy.ts";
import { S3Error } from "./errors.ts";
import { assertLockedBodyIsChecked } from "./objects.ts";
import { queryInteger, type S3Request } from "./request.ts";
import type { Part, Upload } from "./uploads.ts";
import { buildXml, type XmlValue } from "./xml.ts";

export const uploadPart: Operation = async (context, request) => {
  const bucket = bucketOf(context, request);
  const upload = context.uploads.get(bucket.name, keyOf(request), request.query.uploadId);
  const number = partNumber(context, request);
  const sent = sentAlgorithm(request.headers);
  assertPartChecksum(upload, sent);
  assertLockedBodyIsChecked(bucket, request);
  const size = announcedLength(request);
  const { maxPartBytes } = context.limits;
  const { place, result } = await upload.assembly.write(
    number,
    size,
    bucket.temporaryPath(),
    (file, position) => receiveInto(request, file, position, algorithmsOf(upload), maxPartBytes),
  );
  const { checksums } = result;
  const part = partOf(upload, number, place, size, checksums, context.now());
  await context.uploads.addPart(upload, part);
  const headers: Record<string, string> = { etag: `"${part.etag}"`, ...upload.attributes.encryption };
  if (sent) headers[ALGORITHMS[sent].header] = checksums[sent] ?? "";
  return { status: 200, headers };
};

export const uploadPartCopy: Operation = async (context, request) => {
  const bucket = bucketOf(context, request);
  const upload = context.uploads.get(bucket.name, keyOf(request), request.query.uploadId);
  const number = partNumber(context, request);
  const source = await openCopySource(context, request);
  const { size } = source;
  const { place, result } = await upload.assembly.write(
    number,
    size,
    bucket.temporaryPath(),
    (file, position) => concatenateInto(file, position, [source.open], algorithmsOf(upload)),
  );
  const part = partOf(upload, number, place, size, result, context.now());
  await context.uploads.addPart(upload, part);
  const lastModified = new Date(part.lastModified).toISOString();
  const element = { LastModified: lastModified, ETag: `"${part.etag}"`, ...checksumElement(upload, part) };
  const headers = { ...source.headers, ...upload.attributes.encryption };
  return { status: 200, headers, body: buildXml({ CopyPartResult: element }) };
};

export const listParts: Operation = async (context, request) => {
  const bucket = bucketOf(context, request);
  const upload = context.uploads.get(bucket.name, keyOf(request), request.query.uploadId);
  const marker = queryInteger(request, "part-number-marker", 0);
  const max = Math.min(1000, queryInteger(request, "max-parts", 1000));
  const rest = [...upload.parts.values()]
    .filter((part) => part.number > marker)
    .sort((a, b) => a.number - b.number);
  const page = rest.slice(0, max);
  const result = {
    Bucket: bucket.name,
    Key: upload.key,
    UploadId: upload.id,
    PartNumberMarker: marker,
    NextPartNumberMarker: page.at(-1)?.number ?? 0,
    MaxParts: max,
    IsTruncated: rest.length > page.length,
    StorageClass: upload.attributes.storageClass,
    ChecksumAlgorithm: upload.checksum?.algorithm,
    ChecksumType: upload.checksum?.type,
    Part: page.map((part) => ({
      PartNumber: part.number,
      LastModified: new Date(part.lastModified).toISOString(),
      ETag: `"${part.etag}"`,
      Size: part.size,
      ...checksumElement(upload, part),
    })),
  };
  return { status: 200, headers: {}, body: buildXml({ ListPartsResult: result }) };
};

export const abortMultipartUpload: Operation = async (context, request) => {
  const bucket = bucketOf(context, request);
  await context.uploads.abort(bucket.name, keyOf(request), request.query.uploadId);
  return { status: 204, headers: {} };
};

function partNumber(context: Context, request: S3Request): number {
  const number = Number(request.query.partNumber);
  const { maxParts } = context.limits;
  if (!Number.isInteger(number) || number < 1 || number > maxParts) {
    throw new S3Error(
      "InvalidArgument",
      `Part number must be an integer between 1 and ${maxParts}, inclusive`,
    );
  }
  return number;
}

/** @throws S3Error InvalidRequest: a part has the upload's algorithm; only FULL_OBJECT does without */
function assertPartChecksum({ checksum }: Upload, sent: Algorithm | undefined): void {
  if (sent === checksum?.algorithm) return;
  if (sent === undefined && checksum?.type === "FULL_OBJECT") return;
  const expected = (checksum?.algorithm ?? "null").toLowerCase();
  const actual = (sent ?? "null").toLowerCase();
  throw new S3Error(
    "InvalidRequest",
    `Checksum Type mismatch occurred, expected checksum Type: ${expected}, actual checksum Type: ${actual}`,
  );
}

function algorithmsOf(upload: Upload): Algorithm[] {
  return upload.checksum ? ["CRC32", upload.checksum.algorithm] : ["CRC32"];
}

function partOf(
  upload: Upload,
  number: number,
  place: PartPlace,
  size: number,
  checksums: Partial<Record<Algorithm, string>>,
  lastModified: number,
): Part {
  const checksum = upload.checksum && checksums[upload.checksum.algorithm];
  const crc32 = checksums.CRC32 ?? "";
  return { number, etag: etagOf(crc32, size), size, lastModified, checksum, crc32, place };
}

function checksumElement(upload: Upload, part: Part): Record<string, XmlValue> {
  return upload.checksum ? { [ALGORITHMS[upload.checksum.algorithm].element]: part.checksum } : {};
}
