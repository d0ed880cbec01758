import { bucketOf, type Operation } from "./context.ts";
import { compareKeys, keyEncoding, PAGE } from "./paging.ts";
import { queryInteger } from "./request.ts";
import type { Upload } from "./uploads.ts";
import { buildXml } from "./xml.ts";

/**
 * ListMultipartUploads: open uploads by key, then by the time of their start. It tells neither metadata nor
 * tags: two runs on one key look alike.
 */
export const listMultipartUploads: Operation = async (context, request) => {
  const bucket = bucketOf(context, request);
  const { prefix = "", "key-marker": keyMarker = "", "upload-id-marker": idMarker = "" } = request.query;
  const encodingType = request.query["encoding-type"];
  const encode = keyEncoding(encodingType);
  const max = Math.min(PAGE, queryInteger(request, "max-uploads", PAGE));
  const all = context.uploads
    .list()
    .filter((upload) => upload.bucket === bucket.name && upload.key.startsWith(prefix))
    .sort(compareUploads);
  const marked = all.findIndex((upload) => upload.key === keyMarker && upload.id === idMarker);
  const rest =
    marked < 0 ? all.filter((upload) => compareKeys(upload.key, keyMarker) > 0) : all.slice(marked + 1);
  const page = rest.slice(0, max);
  const last = rest.length > page.length ? page.at(-1) : undefined;
  const result = {
    Bucket: bucket.name,
    KeyMarker: encode(keyMarker),
    UploadIdMarker: idMarker,
    NextKeyMarker: last && encode(last.key),
    NextUploadIdMarker: last?.id,
    Prefix: encode(prefix),
    EncodingType: encodingType,
    MaxUploads: max,
    IsTruncated: last !== undefined,
    Upload: page.map((upload) => ({
      Key: encode(upload.key),
      UploadId: upload.id,
      StorageClass: upload.attributes.storageClass,
      Initiated: new Date(upload.initiated).toISOString(),
      ChecksumAlgorithm: upload.checksum?.algorithm,
      ChecksumType: upload.checksum?.type,
    })),
  };
  return { status: 200, headers: {}, body: buildXml({ ListMultipartUploadsResult: result }) };
};

function compareUploads(a: Upload, b: Upload): number {
  return compareKeys(a.key, b.key) || a.initiated - b.initiated || compareKeys(a.id, b.id);
}
