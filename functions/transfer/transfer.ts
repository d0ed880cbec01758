import { isComputable, type RecordedChecksum } from "../checksum.ts";
import { parseCursor, sealCursor } from "./cursor.ts";
import { mayStillPublish, publishedBefore } from "./finalKey.ts";
import { moveFile } from "./move.ts";
import { RangesWithdrawn } from "./parallelReader.ts";
import { openPassage, type Published } from "./passage.ts";
import type { TransferOutcome, TransferRequest } from "./request.ts";
import { resume } from "./resume.ts";
import { isConflict, isGone } from "./s3/s3Errors.ts";
import { isInterruption, waitAfter } from "./source/resumingSource.ts";
import { MAX_STARTED_ANEW, requireLastingUploads } from "./startedAnew.ts";

/** Downloads of one file that may break, before it is given up. */
const MAX_BROKEN_DOWNLOADS = 4;

/**
 * Moves one file from its source to S3, so that nothing but verified bytes with their checksum ever stands under
 * the final key. Whatever goes wrong, no upload and no staging object is left behind; only where the request came
 * with a cursor and the trouble is a passing one do they stay, for the same request to be made again.
 *
 * A file whose checksum is known up front goes straight into the final object. Should vCenter's last word then ask
 * for another checksum, the file passes once more, through a staging object. A connection that breaks where the
 * source cannot resume starts the file anew, a bounded number of times. So does a conflict at the publication, as S3
 * asks for it, if what may be replaced is still what is there.
 *
 * When the time ends before the file does, the outcome is a cursor: the same request with it goes on from there.
 *
 * @throws the errors of errors.ts under "Moving a file" and "Input and destination"; the reason of an aborted signal
 */
export async function transferFile(request: TransferRequest): Promise<TransferOutcome> {
  const { clock, destination, fileName } = request;
  const identity = { fileName, exportId: destination.exportId };
  let cursor = request.cursor === null ? undefined : parseCursor(request.cursor, identity);
  const startedAt = cursor?.startedAt ?? clock.now();
  let startedAnew = cursor?.startedAnew ?? 0;
  let upFront = knownUpFront(request);
  let readers = cursor?.phase === "receiving" ? cursor.readers : (request.readers ?? 1);
  for (let broken = 0; ; ) {
    const passage = openPassage(request, { startedAt, startedAnew, readers });
    try {
      const resumed = cursor ? await resume(passage, cursor) : "start anew";
      if (cursor && resumed === "start anew") {
        passage.startedAnew += 1;
        requireLastingUploads(request, passage.startedAnew);
        cursor = undefined;
      }
      const publication = resumed === "start anew" ? await moveFile(passage, upFront) : resumed;
      if (publication) {
        return "cursor" in publication
          ? { done: false, cursor: sealCursor(publication.cursor) }
          : outcome(request, startedAt, publication.published);
      }
      startedAnew = passage.startedAnew;
      cursor = undefined;
      upFront = null;
    } catch (error) {
      startedAnew = passage.startedAnew;
      if (error instanceof RangesWithdrawn && readers > 1) {
        cursor = undefined;
        readers = 1;
        continue;
      }
      if (isConflict(error) && startedAnew < MAX_STARTED_ANEW && (await mayStillPublish(request))) {
        startedAnew += 1;
        cursor = undefined;
        await clock.sleep(waitAfter(startedAnew), request.signal);
        continue;
      }
      const published = isGone(error) ? await publishedBefore(request) : undefined;
      if (published) return outcome(request, startedAt, published);
      broken += 1;
      if (!isInterruption(error) || broken === MAX_BROKEN_DOWNLOADS) throw error;
      await clock.sleep(waitAfter(broken), request.signal);
    }
  }
}

function knownUpFront({ itemChecksum }: TransferRequest): RecordedChecksum | null {
  if (!itemChecksum || !isComputable(itemChecksum.algorithm)) return null;
  return { algorithm: itemChecksum.algorithm, value: itemChecksum.value.toLowerCase(), source: "item" };
}

function outcome(
  { clock, destination }: TransferRequest,
  startedAt: number,
  published: Published,
): Extract<TransferOutcome, { done: true }> {
  const seconds = Math.max(clock.now() - startedAt, 1) / 1000;
  return {
    done: true,
    bucket: destination.bucket,
    key: destination.key,
    bytesPerSecond: Math.round(published.size / seconds),
    ...published,
  };
}
