import type { CompletedPart } from "@aws-sdk/client-s3";
import type { RecordedChecksum } from "../checksum.ts";
import type { BufferPool } from "./bufferPool.ts";
import type { ReceivingCursor } from "./cursor.ts";
import type { FilledPart } from "./partReader.ts";
import { PartSender } from "./partSender.ts";
import type { PartPlan } from "./parts.ts";
import { cursorBase, type Passage } from "./passage.ts";
import type { Received } from "./received.ts";
import type { OpenUpload } from "./request.ts";
import type { SourceStream } from "./source/source.ts";
import { type Verification, verify } from "./verify.ts";
import type { ContinuedUpload } from "./withUpload.ts";

/** The file's bytes on their way through this process. */
export interface Reception {
  passage: Passage;
  stream: SourceStream;
  plan: PartPlan;
  pool: BufferPool;
  received: Received;
}

export type Parts = AsyncGenerator<FilledPart, void, void>;

/**
 * Sends every part that is read, until the file or the time ends.
 * @returns all parts of the upload, or the cursor to go on from
 */
export async function sendParts(
  reception: Reception,
  { upload, stored }: ContinuedUpload,
  parts: Parts,
  upFront: RecordedChecksum | null,
): Promise<{ parts: CompletedPart[] } | { cursor: ReceivingCursor }> {
  const { passage, pool, received, stream } = reception;
  const { deadline, failure, request } = passage;
  const sender = new PartSender(passage, upload, pool);
  try {
    for await (const part of parts) {
      sender.send(part, received.add(part.bytes));
      request.hooks.progress(received.size, stream.total);
      deadline.stepDone();
      if (part.last) break;
      if (!stream.ranged) deadline.requireWholeFile(request.fileName, received.size, stream.total);
      if (deadline.isNear()) {
        await sender.completed();
        return { cursor: await cursorAt(reception, upload, upFront, part.number) };
      }
    }
    return { parts: [...stored, ...(await sender.completed())] };
  } catch (error) {
    failure.abort(error);
    await sender.settled();
    throw failure.signal.reason;
  }
}

/** Compares what was received with what vCenter says of it. */
export async function verifyReceived({ passage, received }: Reception): Promise<Verification | undefined> {
  const { request } = passage;
  const verdict = await request.verdict();
  return verify({ ...request, verdict, size: received.size, digests: await received.digest.values() });
}

async function cursorAt(
  { passage, plan, received, stream }: Reception,
  upload: OpenUpload,
  upFront: RecordedChecksum | null,
  parts: number,
): Promise<ReceivingCursor> {
  return {
    ...cursorBase(passage),
    phase: "receiving",
    upFront,
    upload,
    plan,
    parts,
    offset: received.size,
    readers: passage.readers,
    crc32: received.crc32,
    midstates: received.digest.save() ?? null,
    digests: Object.fromEntries(await received.digest.values()),
    source: { total: stream.total ?? null, etag: stream.etag ?? null },
  };
}
