import type { RecordedChecksum } from "../checksum.ts";
import { copyStaged } from "./copyStaged.ts";
import type { Cursor } from "./cursor.ts";
import type { FilledPart } from "./partReader.ts";
import type { Published } from "./passage.ts";
import { type Parts, type Reception, sendParts, verifyReceived } from "./reception.ts";
import { completeUpload, putObject } from "./s3/multipartUpload.ts";
import { finalObject, stagingObject } from "./s3/objectProperties.ts";
import { type ContinuedUpload, withUpload } from "./withUpload.ts";

/** Undefined: with the digests at hand it cannot be told whether the bytes are the file. */
export type Publication = { published: Published } | { cursor: Cursor } | undefined;

/** A file in one buffer: verified first, then sent with everything known. */
export async function publishSmall(reception: Reception, part: FilledPart): Promise<Publication> {
  const { passage, received, stream } = reception;
  const { destination, fileName, hooks } = passage.request;
  await received.add(part.bytes);
  hooks.progress(received.size, stream.total);
  const verified = await verifyReceived(reception);
  if (!verified) return undefined;
  const properties = finalObject(destination, fileName, verified.checksum);
  const versionId = await putObject(passage.access, properties, part.bytes, received, destination);
  return { published: { ...verified, versionId, size: received.size } };
}

/**
 * Straight into the final object, which carries the checksum known up front: the upload is completed only if that
 * is the checksum of the bytes received.
 */
export async function publishDirectly(
  reception: Reception,
  upFront: RecordedChecksum,
  parts: Parts,
  continued?: ContinuedUpload,
): Promise<Publication> {
  const { passage, received } = reception;
  const { destination, fileName } = passage.request;
  return await withUpload<Publication>(
    passage,
    continued ?? finalObject(destination, fileName, upFront),
    async (upload) => {
      const sent = await sendParts(reception, upload, parts, upFront);
      if ("cursor" in sent) return sent;
      const verified = await verifyReceived(reception);
      if (!verified || verified.itemChecksumDiffers) return undefined;
      const versionId = await completeUpload(
        passage.access,
        upload.upload,
        sent.parts,
        received,
        destination,
      );
      return { published: { versionId, checksum: upFront, itemChecksumDiffers: false, size: received.size } };
    },
  );
}

/** Into a staging object, and from there by a copy inside S3 to the final one, with the checksum as metadata. */
export async function publishThroughStaging(
  reception: Reception,
  parts: Parts,
  continued?: ContinuedUpload,
): Promise<Publication> {
  const { passage, received } = reception;
  const { destination } = passage.request;
  const staging = await withUpload(passage, continued ?? stagingObject(destination), async (upload) => {
    const sent = await sendParts(reception, upload, parts, null);
    if ("cursor" in sent) return sent;
    const verified = await verifyReceived(reception);
    if (!verified) return undefined;
    const anything = { replacesETag: "*", exportId: destination.exportId };
    const versionId = await completeUpload(passage.access, upload.upload, sent.parts, received, anything);
    return { verified, versionId };
  });
  if (!staging || "cursor" in staging) return staging;
  const { size, crc32 } = received;
  const staged = { ...destination.staging, versionId: staging.versionId, size, crc32 };
  return await copyStaged(passage, staged, staging.verified);
}
