import { InternalError } from "../errors.ts";
import type { TransferOutcome, TransferRequest } from "./request.ts";

/**
 * Moves one file from its source to S3, so that nothing but verified bytes with their checksum ever stands
 * under the final key.
 */
export async function transferFile(_request: TransferRequest): Promise<TransferOutcome> {
  throw new InternalError("not written yet");
}
