import { type CompletedPart, ListPartsCommand, type Part } from "@aws-sdk/client-s3";
import type { OpenUpload } from "../request.ts";
import { identify } from "./identify.ts";
import { named, type S3Access } from "./multipartUpload.ts";
import { isNoSuchUpload } from "./s3Errors.ts";

/**
 * The parts that S3 holds for an upload, by number: the durable record of what has been done.
 * @returns undefined when the upload is gone: completed, aborted or expired
 */
export async function listStoredParts(
  { s3, expectedBucketOwner, signal }: S3Access,
  upload: OpenUpload,
): Promise<Map<number, Part> | undefined> {
  const parts = new Map<number, Part>();
  let marker: string | undefined;
  do {
    const command = new ListPartsCommand({
      ...identify(upload),
      PartNumberMarker: marker,
      ExpectedBucketOwner: expectedBucketOwner,
    });
    const page = await named(upload, signal, async () => {
      try {
        return await s3.send(command, { abortSignal: signal });
      } catch (error) {
        if (isNoSuchUpload(error)) return undefined;
        throw error;
      }
    });
    if (!page) return undefined;
    for (const part of page.Parts ?? []) if (part.PartNumber !== undefined) parts.set(part.PartNumber, part);
    marker = page.IsTruncated ? page.NextPartNumberMarker : undefined;
  } while (marker !== undefined);
  return parts;
}

/**
 * A part as CompleteMultipartUpload lists it. AWS does without its checksum where that of the object is given;
 * others do not (versitygw: "The complete request must include the checksum for each part").
 */
export function completed({ PartNumber, ETag, ChecksumCRC32 }: Part): CompletedPart {
  return { PartNumber, ETag, ChecksumCRC32 };
}
