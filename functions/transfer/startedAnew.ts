import { DestinationChanged } from "../errors.ts";
import type { TransferRequest } from "./request.ts";

/** Times that a file, or its copy, is started anew because its upload was gone or met a conflict. */
export const MAX_STARTED_ANEW = 3;

/**
 * A file whose upload is gone in every invocation never comes to its end.
 * @param startedAnew with the time that is about to begin
 * @throws DestinationChanged
 */
export function requireLastingUploads(
  { destination, fileName }: Pick<TransferRequest, "destination" | "fileName">,
  startedAnew: number,
): void {
  if (startedAnew <= MAX_STARTED_ANEW) return;
  throw new DestinationChanged(
    `"${fileName}": what was uploaded to s3://${destination.bucket}/${destination.key} was gone when the transfer ` +
      `wanted to go on, after ${MAX_STARTED_ANEW} times that it was started anew, for the same reason or because ` +
      "another operation on the key was in progress: see what removes uploads too soon (a lifecycle rule, another " +
      "program), and what else writes to the key",
  );
}
