import type { RecordedChecksum } from "../checksum.ts";
import { InternalError } from "../errors.ts";
import { BufferPool, bufferMemoryBytes } from "./bufferPool.ts";
import { algorithmsFor } from "./digest.ts";
import { type FilledPart, readParts } from "./partReader.ts";
import { planParts } from "./parts.ts";
import { type Passage, publishDirectly, publishSmall, publishThroughStaging } from "./publish.ts";
import { Received } from "./received.ts";
import type { TransferOutcome, TransferRequest } from "./request.ts";
import { resumingSource } from "./resumingSource.ts";
import { verify } from "./verify.ts";

/** Parts on their way to S3 while the next one is being read. */
const UPLOADS_IN_FLIGHT = 4;

/**
 * Lets the file pass once, and publishes it: in one request where it fits into one buffer, else by a multipart
 * upload to its final key where the checksum is known up front, else by way of a staging object.
 */
export async function moveFile(
  request: TransferRequest,
  upFront: RecordedChecksum | null,
): Promise<TransferOutcome | "checksum differs from the one known up front"> {
  const { clock, destination, fileName } = request;
  const startedAt = clock.now();
  const failure = new AbortController();
  const signal = AbortSignal.any([request.signal, failure.signal]);
  const stream = await resumingSource(request.source, { clock, fileName }).open({ start: 0 }, signal);
  try {
    const received = new Received(algorithmsFor(upFront));
    const pool = new BufferPool({
      count: UPLOADS_IN_FLIGHT + 1,
      memoryBytes: request.memoryBytes ?? bufferMemoryBytes(),
    });
    const passage: Passage = {
      fileName,
      destination,
      access: { s3: request.s3, expectedBucketOwner: destination.expectedBucketOwner, signal },
      pool,
      failure,
      received,
      uploadOpened: request.hooks.uploadOpened,
      async verify() {
        const verdict = await request.verdict();
        return verify({ ...request, verdict, size: received.size, digests: received.finish() });
      },
    };
    const plan = planParts({ ...request, total: stream.total, sizeHint: request.sizeHint ?? 0 });
    if (stream.total !== undefined) pool.requireRoomFor(Math.min(plan.partSizeBytes, stream.total));
    const parts = counted(readParts(stream, plan, pool, fileName));
    const { value: first } = await parts.next();
    if (!first) throw new InternalError("A file has at least one part, be it empty");

    const published = first.last
      ? await publishSmall(passage, first)
      : upFront
        ? await publishDirectly(passage, upFront, first, parts)
        : await publishThroughStaging(passage, first, parts);
    if (!published) return "checksum differs from the one known up front";
    const seconds = Math.max(clock.now() - startedAt, 1) / 1000;
    return {
      done: true,
      bucket: destination.bucket,
      key: destination.key,
      size: received.size,
      bytesPerSecond: Math.round(received.size / seconds),
      ...published,
    };

    async function* counted(
      source: AsyncGenerator<FilledPart, void, void>,
    ): AsyncGenerator<FilledPart, void, void> {
      let bytes = 0;
      for await (const part of source) {
        bytes += part.bytes.length;
        request.hooks.progress(bytes, stream.total);
        yield part;
      }
    }
  } finally {
    stream.close();
  }
}
