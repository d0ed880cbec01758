import { receiveText, sentAlgorithm } from "./body.ts";
import { bucketOf, type Operation } from "./context.ts";
import { S3Error } from "./errors.ts";
import { remove } from "./objects.ts";
import { PAGE } from "./paging.ts";
import { assertKeyLength } from "./request.ts";
import { buildXml, elementsOf, parseXml, textOf, type XmlValue } from "./xml.ts";

/** DeleteObjects: up to 1,000 keys or versions; each succeeds or fails on its own. */
export const deleteObjects: Operation = async (context, request) => {
  const bucket = bucketOf(context, request);
  const { headers } = request;
  if ((headers["content-md5"] ?? sentAlgorithm(headers)) === undefined) {
    throw new S3Error(
      "InvalidRequest",
      "Missing required header for this request: Content-MD5 OR x-amz-checksum-*",
    );
  }
  const root = parseXml(await receiveText(request), "Delete", ["Object"]);
  const objects = elementsOf(root, "Object");
  if (objects.length === 0 || objects.length > PAGE) throw new S3Error("MalformedXML");
  const quiet = textOf(root, "Quiet") === "true";

  const deleted: XmlValue[] = [];
  const errors: XmlValue[] = [];
  for (const object of objects) {
    const key = textOf(object, "Key");
    const versionId = textOf(object, "VersionId");
    if (!key) throw new S3Error("MalformedXML");
    try {
      assertKeyLength(key);
      const removed = await remove(bucket, key, versionId);
      const marker = removed["x-amz-delete-marker"];
      const markerId = marker && removed["x-amz-version-id"];
      if (!quiet)
        deleted.push({
          Key: key,
          VersionId: versionId,
          DeleteMarker: marker,
          DeleteMarkerVersionId: markerId,
        });
    } catch (error) {
      if (!(error instanceof S3Error)) throw error;
      errors.push({ Key: key, VersionId: versionId, Code: error.code, Message: error.message });
    }
  }
  return { status: 200, headers: {}, body: buildXml({ DeleteResult: { Deleted: deleted, Error: errors } }) };
};
