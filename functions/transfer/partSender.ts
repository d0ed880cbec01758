import type { CompletedPart } from "@aws-sdk/client-s3";
import type { BufferPool } from "./bufferPool.ts";
import type { FilledPart } from "./partReader.ts";
import type { Passage } from "./passage.ts";
import type { OpenUpload } from "./request.ts";
import { PartUploads } from "./s3/partUploads.ts";

/**
 * Sends parts in the background. As many are in flight as the pool has buffers; a buffer returns to the pool when
 * its part has been stored. The first failure ends the passage: the reading and the other parts.
 */
export class PartSender {
  readonly #passage: Passage;
  readonly #uploads: PartUploads;
  readonly #pool: BufferPool;
  readonly #sent: Promise<void>[] = [];
  readonly #completed: CompletedPart[] = [];

  constructor(passage: Passage, upload: OpenUpload, pool: BufferPool) {
    this.#passage = passage;
    this.#uploads = new PartUploads(passage.access, upload);
    this.#pool = pool;
  }

  send(part: FilledPart, crc32: Promise<number>): void {
    this.#sent.push(this.#send(part, crc32));
  }

  /** Waits for every part, and returns them in order. */
  async completed(): Promise<CompletedPart[]> {
    await this.settled();
    this.#passage.access.signal.throwIfAborted();
    return this.#completed.toSorted((a, b) => (a.PartNumber ?? 0) - (b.PartNumber ?? 0));
  }

  /** Waits until nothing is in flight any more, whatever became of it. */
  async settled(): Promise<void> {
    await Promise.all(this.#sent);
  }

  async #send({ number, bytes, buffer }: FilledPart, hashed: Promise<number>): Promise<void> {
    const { deadline, failure, request } = this.#passage;
    try {
      const crc32 = await hashed;
      const sentAt = request.clock.now();
      this.#completed.push(await this.#uploads.send({ number, bytes, crc32 }));
      deadline.uploadTook(request.clock.now() - sentAt);
    } catch (error) {
      failure.abort(error);
    } finally {
      this.#pool.release(buffer);
    }
  }
}
