import type { CompletedPart, CreateMultipartUploadCommandInput } from "@aws-sdk/client-s3";
import type { RecordedChecksum } from "../checksum.ts";
import type { BufferPool } from "./bufferPool.ts";
import { abortUpload, deleteVersion } from "./cleanUp.ts";
import { completeUpload, createUpload, putObject, type S3Access } from "./multipartUpload.ts";
import { finalObject, stagingObject } from "./objectProperties.ts";
import type { FilledPart } from "./partReader.ts";
import { PartSender } from "./partSender.ts";
import type { Received } from "./received.ts";
import type { Destination, OpenUpload } from "./request.ts";
import { copyIntoUpload } from "./serverSideCopy.ts";
import type { Verification } from "./verify.ts";

/** One passage of a file, as the ways to publish it see it. */
export interface Passage {
  fileName: string;
  destination: Destination;
  access: S3Access;
  pool: BufferPool;
  /** Aborting it ends the reading and every request of this passage. */
  failure: AbortController;
  received: Received;
  uploadOpened(upload: OpenUpload): Promise<void>;
  /** Decides, once every byte has been received. Undefined: with the digests at hand it cannot be told. */
  verify(): Promise<Verification | undefined>;
}

export interface Published {
  versionId: string | null;
  /** The checksum that the object carries. */
  checksum: RecordedChecksum;
  itemChecksumDiffers: boolean;
}

type Parts = AsyncGenerator<FilledPart, void, void>;

/** A file in one buffer: verified first, then sent with everything known. */
export async function publishSmall(passage: Passage, part: FilledPart): Promise<Published | undefined> {
  const { access, destination, fileName, received } = passage;
  received.add(part.bytes);
  const verified = await passage.verify();
  if (!verified) return undefined;
  const properties = finalObject(destination, fileName, verified.checksum);
  return { ...verified, versionId: await putObject(access, properties, part.bytes, received, destination) };
}

/**
 * Straight into the final object, which carries the checksum known up front: the upload is completed only if that
 * is the checksum of the bytes received.
 */
export async function publishDirectly(
  passage: Passage,
  upFront: RecordedChecksum,
  first: FilledPart,
  rest: Parts,
): Promise<Published | undefined> {
  const { access, destination, fileName, received } = passage;
  return await withUpload(passage, finalObject(destination, fileName, upFront), async (upload) => {
    const parts = await sendParts(passage, upload, first, rest);
    const verified = await passage.verify();
    if (!verified || verified.itemChecksumDiffers) return undefined;
    const versionId = await completeUpload(access, upload, parts, received, destination);
    return { versionId, checksum: upFront, itemChecksumDiffers: false };
  });
}

/** Into a staging object, and from there by a copy inside S3 to the final one, with the checksum as metadata. */
export async function publishThroughStaging(
  passage: Passage,
  first: FilledPart,
  rest: Parts,
): Promise<Published | undefined> {
  const { access, destination, fileName, received } = passage;
  const staged = await withUpload(passage, stagingObject(destination), async (upload) => {
    const parts = await sendParts(passage, upload, first, rest);
    const verified = await passage.verify();
    if (!verified) return undefined;
    const anything = { replacesETag: "*", exportId: destination.exportId };
    return { verified, versionId: await completeUpload(access, upload, parts, received, anything) };
  });
  if (!staged) return undefined;
  const { verified, versionId } = staged;
  const stagingVersion = { ...destination.staging, versionId };
  try {
    return await withUpload(
      passage,
      finalObject(destination, fileName, verified.checksum),
      async (upload) => {
        const parts = await copyIntoUpload(access, { ...stagingVersion, size: received.size }, upload);
        return { ...verified, versionId: await completeUpload(access, upload, parts, received, destination) };
      },
    );
  } finally {
    // Should this fail, the run record still names the staging object, and the clean-up deletes it.
    await deleteVersion(access.s3, stagingVersion, access.expectedBucketOwner).catch(() => {});
  }
}

/** Opens an upload for `use`, and aborts it unless that has a result. */
async function withUpload<Result>(
  passage: Passage,
  properties: CreateMultipartUploadCommandInput & { Bucket: string; Key: string },
  use: (upload: OpenUpload) => Promise<Result | undefined>,
): Promise<Result | undefined> {
  const { access } = passage;
  const upload = await createUpload(access, properties);
  let result: Result | undefined;
  try {
    await passage.uploadOpened(upload);
    result = await use(upload);
    return result;
  } finally {
    if (result === undefined) {
      // Should this fail, the run record still names the upload, and the clean-up aborts it.
      await abortUpload(access.s3, upload, access.expectedBucketOwner).catch(() => {});
    }
  }
}

async function sendParts(
  { access, pool, failure, received }: Passage,
  upload: OpenUpload,
  first: FilledPart,
  rest: Parts,
): Promise<CompletedPart[]> {
  const sender = new PartSender(access, upload, pool, failure);
  try {
    sender.send(first, received.add(first.bytes));
    for await (const part of rest) sender.send(part, received.add(part.bytes));
    return await sender.completed();
  } catch (error) {
    failure.abort(error);
    await sender.settled();
    throw failure.signal.reason;
  }
}
