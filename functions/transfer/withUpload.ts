import type { CompletedPart, CreateMultipartUploadCommandInput } from "@aws-sdk/client-s3";
import { DestinationUnavailable } from "../errors.ts";
import type { Passage } from "./passage.ts";
import type { OpenUpload } from "./request.ts";
import { abortUpload } from "./s3/cleanUp.ts";
import { createUpload } from "./s3/createUpload.ts";
import { isInterruption } from "./source/resumingSource.ts";

/** An upload to go on with, and the parts that S3 holds of it already, in order. */
export interface ContinuedUpload {
  upload: OpenUpload;
  stored: CompletedPart[];
}

/**
 * Opens an upload for `use`, or goes on with one, and aborts it unless that has a result. An upload that was gone
 * on with outlives passing trouble: the same request, made again with its cursor, finds it.
 */
export async function withUpload<Result>(
  { request, access }: Passage,
  from: (CreateMultipartUploadCommandInput & { Bucket: string; Key: string }) | ContinuedUpload,
  use: (upload: ContinuedUpload) => Promise<Result>,
): Promise<Result> {
  const continued = "stored" in from;
  const upload = continued ? from : { upload: await createUpload(access, from), stored: [] };
  let keep = false;
  try {
    if (!continued) await request.hooks.uploadOpened(upload.upload);
    const result = await use(upload);
    keep = result !== undefined;
    return result;
  } catch (error) {
    keep = continued && isPassing(error);
    throw error;
  } finally {
    if (!keep) {
      // Should this fail, the run record still names the upload, and the clean-up aborts it.
      await abortUpload(access.s3, upload.upload, access.expectedBucketOwner).catch(() => {});
    }
  }
}

/** Trouble that the state machine answers by making the same request again. */
export function isPassing(error: unknown): boolean {
  return error instanceof DestinationUnavailable || isInterruption(error);
}
