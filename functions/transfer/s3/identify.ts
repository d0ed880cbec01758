import type { OpenUpload } from "../request.ts";

/** The fields that name an upload in every request about it. */
export function identify({ bucket, key, uploadId }: OpenUpload): {
  Bucket: string;
  Key: string;
  UploadId: string;
} {
  return { Bucket: bucket, Key: key, UploadId: uploadId };
}
