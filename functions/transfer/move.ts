import type { RecordedChecksum } from "../checksum.ts";
import { InternalError } from "../errors.ts";
import { BufferPool, bufferMemoryBytes } from "./bufferPool.ts";
import { algorithmsFor, createDigest, createResumableDigest } from "./digest.ts";
import { type FilledPart, readParts } from "./partReader.ts";
import { planParts } from "./parts.ts";
import type { Passage } from "./passage.ts";
import { type Publication, publishDirectly, publishSmall, publishThroughStaging } from "./publish.ts";
import { Received } from "./received.ts";
import type { Parts, Reception } from "./reception.ts";
import type { TransferRequest } from "./request.ts";
import { resumingSource } from "./resumingSource.ts";
import type { Source } from "./source.ts";

/** Parts on their way to S3 while the next one is being read. */
const UPLOADS_IN_FLIGHT = 4;

/**
 * Lets the file pass from its first byte on, and publishes it: in one request where it fits into one buffer, else by
 * a multipart upload to its final key where the checksum is known up front, else by way of a staging object.
 */
export async function moveFile(passage: Passage, upFront: RecordedChecksum | null): Promise<Publication> {
  const { access, deadline, request } = passage;
  const stream = await sourceOf(request).open({ start: 0 }, access.signal);
  try {
    const { total, ranged } = stream;
    const plan = planParts({ ...request, total, sizeHint: request.sizeHint ?? 0 });
    const pool = poolFor(request);
    if (total !== undefined) pool.requireRoomFor(Math.min(plan.partSizeBytes, total));
    const algorithms = algorithmsFor(upFront);
    // A digest that can be saved is three times as slow, and of no use where the source cannot go on from the middle.
    const digest =
      ranged && !deadline.allows(total) ? createResumableDigest(algorithms) : createDigest(algorithms);
    const reception: Reception = { passage, stream, plan, pool, received: new Received(await digest) };

    const parts = readParts(stream, plan, pool, request.fileName);
    const { value: first } = await parts.next();
    if (!first) throw new InternalError("A file has at least one part, be it empty");
    if (first.last) return await publishSmall(reception, first);
    const all = startingWith(first, parts);
    return upFront
      ? await publishDirectly(reception, upFront, all)
      : await publishThroughStaging(reception, all);
  } finally {
    stream.close();
  }
}

export function sourceOf({ source, clock, fileName }: TransferRequest): Source {
  return resumingSource(source, { clock, fileName });
}

export function poolFor({ memoryBytes }: TransferRequest): BufferPool {
  return new BufferPool({ count: UPLOADS_IN_FLIGHT + 1, memoryBytes: memoryBytes ?? bufferMemoryBytes() });
}

async function* startingWith(first: FilledPart, rest: Parts): Parts {
  yield first;
  yield* rest;
}
