import {
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  ListMultipartUploadsCommand,
  ListPartsCommand,
} from "@aws-sdk/client-s3";
import { DestinationRefused } from "../../errors.ts";
import type { OpenUpload } from "../request.ts";
import { abortUpload } from "./cleanUp.ts";
import { named, type S3Access } from "./multipartUpload.ts";

/**
 * Opens an upload whose checksum is the CRC-32 of the whole object. A stop waits for the answer: whoever hangs up
 * before it never learns the id of the upload that S3 opens all the same, and cannot remove it.
 */
export async function createUpload(
  access: S3Access,
  properties: CreateMultipartUploadCommandInput & { Bucket: string; Key: string },
): Promise<OpenUpload> {
  const { s3, signal, beforeStep } = access;
  const { Bucket: bucket, Key: key } = properties;
  const command = new CreateMultipartUploadCommand({
    ...properties,
    ChecksumAlgorithm: "CRC32",
    ChecksumType: "FULL_OBJECT",
  });
  await beforeStep();
  return await named({ bucket, key }, signal, async () => {
    signal.throwIfAborted();
    // Not given the signal: an upload whose id was not awaited could never be aborted.
    const { UploadId: uploadId, $metadata } = await s3.send(command);
    if (!uploadId) throw new DestinationRefused(`s3://${bucket}/${key}: S3 opened an upload without an id`);
    const upload = { bucket, key, uploadId };
    // Where it may not be listed, an upload that was lost stays, without parts, for the bucket's lifecycle rule.
    if ($metadata.attempts !== 1) await abortLostUploads(access, upload).catch(() => {});
    return upload;
  });
}

/**
 * Aborts what S3 opened for a request whose answer was lost: the SDK made it again, and only the id in the last answer
 * is known. Nothing tells whose an upload is; one that was opened before `upload` and has no part yet is either lost,
 * or of another export to the same key, which began in these seconds, and of which only one can win.
 */
async function abortLostUploads(
  { s3, expectedBucketOwner }: S3Access,
  { bucket, key, uploadId }: OpenUpload,
): Promise<void> {
  const place = { Bucket: bucket, ExpectedBucketOwner: expectedBucketOwner };
  const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ ...place, Prefix: key }));
  const opened = Uploads.find(({ UploadId }) => UploadId === uploadId)?.Initiated;
  for (const { Key, UploadId, Initiated } of Uploads) {
    if (Key !== key || UploadId === undefined || UploadId === uploadId) continue;
    if (opened === undefined || Initiated === undefined || Initiated > opened) continue;
    const { Parts = [] } = await s3.send(new ListPartsCommand({ ...place, Key, UploadId, MaxParts: 1 }));
    if (Parts.length === 0) await abortUpload(s3, { bucket, key, uploadId: UploadId }, expectedBucketOwner);
  }
}
