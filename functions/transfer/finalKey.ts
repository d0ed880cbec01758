import type { Passage, Published } from "./passage.ts";
import type { TransferRequest } from "./request.ts";
import { findPublished, headOf } from "./s3/multipartUpload.ts";

type Place = Pick<TransferRequest, "destination" | "s3" | "signal">;

/**
 * What an earlier run of the same request has published without being able to say so: its answer was lost, or the two
 * got into each other's way. Undefined where there is nothing of it, or S3 does not tell.
 */
export function publishedBefore(
  request: Place & Pick<TransferRequest, "itemChecksum">,
): Promise<Published | undefined> {
  return findPublished(accessOf(request), request).catch(() => undefined);
}

/** Whether the object that a publication may replace, or none, is what S3 has under the final key. */
export async function mayStillPublish(request: Place): Promise<boolean> {
  const { destination } = request;
  if (destination.replacesETag === "*") return true;
  const found = await headOf(accessOf(request), destination).catch(() => "unknown" as const);
  return found !== "unknown" && (found?.ETag ?? null) === destination.replacesETag;
}

function accessOf({ destination, s3, signal }: Place): Passage["access"] {
  return { s3, signal, expectedBucketOwner: destination.expectedBucketOwner, beforeStep: async () => {} };
}
