import { RangesWithdrawn, readPartsInParallel } from "./parallelReader.ts";
import { readParts } from "./partReader.ts";
import { DEFAULT_PART_BYTES } from "./parts.ts";
import type { Passage } from "./passage.ts";
import type { Parts, Reception } from "./reception.ts";
import type { TransferRequest } from "./request.ts";
import { resumingSource } from "./source/resumingSource.ts";
import type { Source, SourceStream } from "./source/source.ts";

/**
 * Opens the file at an offset. A single reader asks for everything from there on; several ask for one part first,
 * and its answer tells whether the server can be asked for others beside it.
 * @throws RangesWithdrawn when several readers are wanted and the server does not tell the file's size
 */
export async function openFile(passage: Passage, start: number): Promise<SourceStream> {
  const { access, readers, request } = passage;
  const range = readers > 1 ? { start, end: start + firstRangeBytes(request) } : { start };
  const stream = await sourceOf(request).open(range, access.signal);
  if (readers === 1 || !stream.ranged || stream.total !== undefined) return stream;
  stream.close();
  throw new RangesWithdrawn(`The endpoint of "${request.fileName}" does not tell the file's size`);
}

/** The parts of an opened file, from the one at whose beginning the stream stands. */
export function readFile({ passage, stream, plan, pool }: Reception, firstNumber: number): Parts {
  const { access, readers, request } = passage;
  const { fileName } = request;
  const { ranged, start, total } = stream;
  // A server that ignored the range sends the whole file, and one range may be the whole of it.
  if (readers === 1 || !ranged || total === undefined || total <= start + firstRangeBytes(request)) {
    return readParts(stream, plan, pool, fileName, firstNumber);
  }
  const source = sourceOf(request);
  const { signal } = access;
  return readPartsInParallel({
    source,
    first: stream,
    total,
    plan,
    pool,
    fileName,
    readers,
    firstNumber,
    signal,
  });
}

export function sourceOf({ source, clock, fileName }: TransferRequest): Source {
  return resumingSource(source, { clock, fileName });
}

function firstRangeBytes({ partSizeBytes }: TransferRequest): number {
  return partSizeBytes ?? DEFAULT_PART_BYTES;
}
