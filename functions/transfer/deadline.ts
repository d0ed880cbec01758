import type { Clock } from "../clock.ts";
import { DeadlineTooShort, FileTooLargeForSource } from "../errors.ts";

/** For closing connections, saving the cursor and returning it. */
const RESERVE_MILLISECONDS = 15_000;

/** How long to look at the pace before it is believed. */
const MEASURED_MILLISECONDS = 20_000;
/** 5 MB/s: slower than any link worth planning for. */
const SLOW_BYTES_PER_MILLISECOND = 5_000;

/**
 * Tells when to stop at a part boundary, so that the invocation returns its cursor and is not killed: when what
 * remains is less than the slowest part so far took to be read and to be stored, twice, and a reserve.
 */
export class Deadline {
  readonly #remaining: () => number;
  readonly #clock: Clock;
  readonly #startedAt: number;
  /** What there was at the start: about what every invocation has. */
  readonly #budgetMilliseconds: number;
  #slowestStep = 0;
  #slowestUpload = 0;
  #lastStep: number;

  /** @throws DeadlineTooShort when there is not even time to begin */
  constructor(remainingMilliseconds: () => number, clock: Clock, fileName: string) {
    this.#remaining = remainingMilliseconds;
    this.#clock = clock;
    this.#startedAt = clock.now();
    this.#lastStep = this.#startedAt;
    const remaining = remainingMilliseconds();
    this.#budgetMilliseconds = remaining - RESERVE_MILLISECONDS;
    if (remaining < RESERVE_MILLISECONDS) {
      throw new DeadlineTooShort(
        `"${fileName}": ${Math.round(remaining / 1000)} s are left of the invocation, too few to move a part`,
      );
    }
  }

  /** Whether there is any limit at all. */
  get exists(): boolean {
    return Number.isFinite(this.#budgetMilliseconds);
  }

  /** Whether that many bytes, or as many as there may be, can surely be moved before it. */
  allows(bytes = Number.POSITIVE_INFINITY): boolean {
    return !this.exists || bytes / SLOW_BYTES_PER_MILLISECOND < this.#budgetMilliseconds;
  }

  /** A part was read, or a range copied. */
  stepDone(): void {
    const now = this.#clock.now();
    this.#slowestStep = Math.max(this.#slowestStep, now - this.#lastStep);
    this.#lastStep = now;
  }

  uploadTook(milliseconds: number): void {
    this.#slowestUpload = Math.max(this.#slowestUpload, milliseconds);
  }

  isNear(): boolean {
    return this.#remaining() - RESERVE_MILLISECONDS < 2 * (this.#slowestStep + this.#slowestUpload);
  }

  /**
   * For a source that has to send the whole file within one invocation.
   * @throws FileTooLargeForSource as soon as the pace shows that this will not be
   */
  requireWholeFile(fileName: string, bytes: number, total: number | undefined): void {
    const elapsed = this.#clock.now() - this.#startedAt;
    if (!this.exists || elapsed < MEASURED_MILLISECONDS) return;
    const needed = total === undefined ? elapsed : (elapsed * total) / bytes;
    if (total === undefined ? this.isNear() : needed > this.#budgetMilliseconds) {
      const size = total === undefined ? "a file of unknown size" : `${total} bytes`;
      const rate = (bytes / elapsed / 1000).toFixed(1);
      throw new FileTooLargeForSource(
        `"${fileName}": the endpoint cannot resume, and at ${rate} MB/s ${size} would take ` +
          `${minutes(needed)}${total === undefined ? " or more" : ""}; an invocation has ${minutes(this.#budgetMilliseconds)}. ` +
          "Give the function more time or memory, or move this file with `library-export run`",
      );
    }
  }
}

function minutes(milliseconds: number): string {
  return `${(milliseconds / 60_000).toFixed(1)} min`;
}
