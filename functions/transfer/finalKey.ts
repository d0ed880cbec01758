import type { Passage, Published, Staged } from "./passage.ts";
import type { TransferRequest } from "./request.ts";
import { findPublished, headOf } from "./s3/multipartUpload.ts";
import { isConflict, isGone } from "./s3/s3Errors.ts";

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

/**
 * Whether a copy that failed may be made anew: its upload was gone, or met a conflict, what was to be copied is still
 * there, and nobody else has published.
 */
export async function mayCopyAnew(
  request: Place & Pick<TransferRequest, "itemChecksum">,
  staged: Staged,
  error: unknown,
): Promise<boolean> {
  const conflict = isConflict(error);
  if (!conflict && !isGone(error)) return false;
  if (!conflict && (await publishedBefore(request)) !== undefined) return false;
  const found = await headOf(accessOf(request), staged).catch(() => undefined);
  return found?.ContentLength === staged.size && (await mayStillPublish(request));
}

function accessOf({ destination, s3, signal }: Place): Passage["access"] {
  return { s3, signal, expectedBucketOwner: destination.expectedBucketOwner, beforeStep: async () => {} };
}
