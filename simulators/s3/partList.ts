import { receiveText } from "./body.ts";
import { ALGORITHMS } from "./checksums.ts";
import { S3Error } from "./errors.ts";
import { type S3Request, unquote } from "./request.ts";
import type { Part, Upload } from "./uploads.ts";
import { elementsOf, parseXml, textOf } from "./xml.ts";

/** A part as CompleteMultipartUpload names it. */
export interface ListedPart {
  number: number;
  etag: string;
  /** By the name of their XML element. */
  checksums: Record<string, string>;
}

/** The body of CompleteMultipartUpload. @throws S3Error MalformedXML */
export async function receivePartList(request: S3Request): Promise<ListedPart[]> {
  // The checksum header of this one operation is not of its own body.
  const headers = Object.entries(request.headers).filter(([name]) => !name.startsWith("x-amz-checksum-"));
  const text = await receiveText({ ...request, headers: Object.fromEntries(headers) });
  const root = parseXml(text, "CompleteMultipartUpload", ["Part"]);
  const list = elementsOf(root, "Part").map((part) => {
    const number = Number(textOf(part, "PartNumber"));
    const etag = textOf(part, "ETag");
    if (!Number.isInteger(number) || etag === undefined) throw new S3Error("MalformedXML");
    const checksums: Record<string, string> = {};
    for (const { element } of Object.values(ALGORITHMS)) {
      const value = textOf(part, element);
      if (value !== undefined) checksums[element] = value;
    }
    return { number, etag: unquote(etag), checksums };
  });
  if (list.length === 0) throw new S3Error("MalformedXML");
  return list;
}

/**
 * The parts that the list names.
 * @throws S3Error InvalidPartOrder, InvalidPart, InvalidRequest when a checksum is missing that COMPOSITE needs
 */
export function selectParts(upload: Upload, list: ListedPart[]): Part[] {
  let last = 0;
  for (const { number } of list) {
    if (number <= last) throw new S3Error("InvalidPartOrder");
    last = number;
  }
  return list.map((listed) => {
    const part = upload.parts.get(listed.number);
    if (!part || part.etag !== listed.etag) throw new S3Error("InvalidPart");
    const algorithm = upload.checksum?.algorithm;
    for (const [element, value] of Object.entries(listed.checksums)) {
      if (!algorithm || element !== ALGORITHMS[algorithm].element || value !== part.checksum) {
        throw new S3Error("InvalidPart");
      }
    }
    if (upload.checksum?.type === "COMPOSITE" && Object.keys(listed.checksums).length === 0) {
      throw new S3Error(
        "InvalidRequest",
        `The upload was created using a ${upload.checksum.algorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${part.number} in the request.`,
      );
    }
    return part;
  });
}
