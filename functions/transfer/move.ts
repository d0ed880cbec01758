import type { RecordedChecksum } from "../checksum.ts";
import { InternalError } from "../errors.ts";
import { BufferPool, bufferMemoryBytes } from "./bufferPool.ts";
import { algorithmsFor, createDigest, createResumableDigest, type Digest } from "./digest.ts";
import { openFile, readFile } from "./openFile.ts";
import type { FilledPart } from "./partReader.ts";
import { planParts } from "./parts.ts";
import type { Passage } from "./passage.ts";
import { type Publication, publishDirectly, publishSmall, publishThroughStaging } from "./publish.ts";
import { Received } from "./received.ts";
import type { Parts, Reception } from "./reception.ts";

/** Parts on their way to S3 while each reader fills its next one. */
export const UPLOADS_IN_FLIGHT = 4;

/**
 * Lets the file pass from its first byte on, and publishes it: in one request where it fits into one buffer, else by
 * a multipart upload to its final key where the checksum is known up front, else by way of a staging object.
 */
export async function moveFile(passage: Passage, upFront: RecordedChecksum | null): Promise<Publication> {
  const { deadline, request } = passage;
  const stream = await openFile(passage, 0);
  let digest: Digest | undefined;
  try {
    const { total, ranged } = stream;
    const plan = planParts({ ...request, total, sizeHint: request.sizeHint ?? 0 });
    const pool = poolFor(passage);
    const algorithms = algorithmsFor(upFront);
    // A digest that can be saved is three times as slow, and of no use where the source cannot go on from the middle.
    digest =
      ranged && !deadline.allows(total)
        ? await createResumableDigest(algorithms)
        : createDigest(algorithms, total);
    const reception: Reception = { passage, stream, plan, pool, received: new Received(digest) };

    const parts = readFile(reception, 1);
    const { value: first } = await parts.next();
    if (!first) throw new InternalError("A file has at least one part, be it empty");
    if (first.last) return await publishSmall(reception, first);
    const all = startingWith(first, parts);
    return upFront
      ? await publishDirectly(reception, upFront, all)
      : await publishThroughStaging(reception, all);
  } finally {
    stream.close();
    digest?.close();
  }
}

export function poolFor({ request, readers }: Passage): BufferPool {
  const memoryBytes = request.memoryBytes ?? bufferMemoryBytes();
  return new BufferPool({ count: UPLOADS_IN_FLIGHT + readers, memoryBytes });
}

async function* startingWith(first: FilledPart, rest: Parts): Parts {
  yield first;
  yield* rest;
}
