import { isComputable, type RecordedChecksum } from "../checksum.ts";
import { TransferInterrupted } from "../errors.ts";
import { moveFile } from "./move.ts";
import type { TransferOutcome, TransferRequest } from "./request.ts";
import { waitAfter } from "./resumingSource.ts";

/** Downloads of one file that may break, before it is given up. */
const MAX_BROKEN_DOWNLOADS = 4;

/**
 * Moves one file from its source to S3, so that nothing but verified bytes with their checksum ever stands under
 * the final key. Whatever goes wrong, no upload and no staging object is left behind.
 *
 * A file whose checksum is known up front goes straight into the final object. Should vCenter's last word then ask
 * for another checksum, the file passes once more, through a staging object. A connection that breaks where the
 * source cannot resume starts the file anew, a bounded number of times.
 *
 * @throws the errors of errors.ts under "Moving a file" and "Input and destination"; the reason of an aborted signal
 */
export async function transferFile(request: TransferRequest): Promise<TransferOutcome> {
  let upFront = knownUpFront(request);
  for (let broken = 0; ; ) {
    try {
      const outcome = await moveFile(request, upFront);
      if (outcome !== "checksum differs from the one known up front") return outcome;
      upFront = null;
    } catch (error) {
      broken += 1;
      if (!(error instanceof TransferInterrupted) || broken === MAX_BROKEN_DOWNLOADS) throw error;
      await request.clock.sleep(waitAfter(broken), request.signal);
    }
  }
}

function knownUpFront({ itemChecksum }: TransferRequest): RecordedChecksum | null {
  if (!itemChecksum || !isComputable(itemChecksum.algorithm)) return null;
  return { algorithm: itemChecksum.algorithm, value: itemChecksum.value.toLowerCase(), source: "item" };
}
