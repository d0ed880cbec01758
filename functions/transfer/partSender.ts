import type { CompletedPart } from "@aws-sdk/client-s3";
import type { BufferPool } from "./bufferPool.ts";
import { type S3Access, uploadPart } from "./multipartUpload.ts";
import type { FilledPart } from "./partReader.ts";
import type { OpenUpload } from "./request.ts";

/**
 * Sends parts in the background. As many are in flight as the pool has buffers; a buffer returns to the pool when
 * its part has been stored. The first failure aborts `failure`, and with it the reading and the other parts.
 */
export class PartSender {
  readonly #access: S3Access;
  readonly #upload: OpenUpload;
  readonly #pool: BufferPool;
  readonly #failure: AbortController;
  readonly #inFlight = new Set<Promise<void>>();
  readonly #completed: CompletedPart[] = [];

  constructor(access: S3Access, upload: OpenUpload, pool: BufferPool, failure: AbortController) {
    this.#access = access;
    this.#upload = upload;
    this.#pool = pool;
    this.#failure = failure;
  }

  send(part: FilledPart, crc32: number): void {
    const sending = this.#send(part, crc32).finally(() => this.#inFlight.delete(sending));
    this.#inFlight.add(sending);
  }

  /** Waits for every part, and returns them in order. */
  async completed(): Promise<CompletedPart[]> {
    await this.settled();
    this.#access.signal.throwIfAborted();
    return this.#completed.toSorted((a, b) => (a.PartNumber ?? 0) - (b.PartNumber ?? 0));
  }

  /** Waits until nothing is in flight any more, whatever became of it. */
  async settled(): Promise<void> {
    await Promise.all(this.#inFlight);
  }

  async #send(part: FilledPart, crc32: number): Promise<void> {
    try {
      const { number, bytes } = part;
      this.#completed.push(await uploadPart(this.#access, this.#upload, { number, bytes, crc32 }));
    } catch (error) {
      this.#failure.abort(error);
    } finally {
      this.#pool.release(part.buffer);
    }
  }
}
