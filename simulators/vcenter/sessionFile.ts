import type { ChecksumAlgorithm } from "../../functions/checksum.ts";
import { Coverage } from "./coverage.ts";
import type { StoredFile } from "./inventory.ts";
import { Preparation } from "./preparation.ts";

/** A file within one download session: how far its preparation and its download are. */
export class SessionFile {
  readonly stored: StoredFile;
  readonly preparation = new Preparation();
  /** As asked for by the last prepare. */
  endpointType: "HTTPS" | "DIRECT" = "HTTPS";
  readonly #sent = new Coverage();
  readonly #digests = new Map<ChecksumAlgorithm, string>();
  #emptySent = false;
  #answersSinceComplete = 0;

  constructor(stored: StoredFile) {
    this.stored = stored;
  }

  get bytesTransferred(): number {
    return this.#sent.bytes;
  }

  /** True once every byte has been sent, in one answer or in many. */
  get complete(): boolean {
    const { size } = this.stored.content;
    return size === 0 ? this.#emptySent : this.#sent.bytes >= size;
  }

  sent(start: number, end: number): void {
    this.#sent.add(start, end);
  }

  /** An empty file has no byte to count. */
  sentEmpty(): void {
    this.#emptySent = true;
  }

  /** Digest of the bytes as they were sent, where one answer held them all. */
  digested(algorithm: ChecksumAlgorithm, digest: string): void {
    this.#digests.set(algorithm, digest);
  }

  digest(algorithm: ChecksumAlgorithm): string | undefined {
    return this.#digests.get(algorithm);
  }

  /** Called for each answer that tells about the file. */
  poll(now: number): void {
    this.preparation.poll(now);
    if (this.complete) this.#answersSinceComplete += 1;
  }

  /** Whether what is only known at the end may be told, `delayPolls` answers after it. */
  settled(delayPolls: number): boolean {
    return this.complete && this.#answersSinceComplete > delayPolls;
  }
}
