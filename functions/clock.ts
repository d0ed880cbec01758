import { setTimeout as delay } from "node:timers/promises";

/** Time as a collaborator, so that tests decide it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /**
   * Resolves after `milliseconds`; rejects with the signal's reason as soon as it is aborted.
   * With `ref: false` the wait alone does not keep the process alive.
   */
  sleep(milliseconds: number, signal?: AbortSignal, options?: { ref?: boolean }): Promise<void>;
}

export const systemClock: Clock = {
  now: Date.now,
  async sleep(milliseconds, signal, options) {
    try {
      await delay(milliseconds, undefined, { signal, ref: options?.ref ?? true });
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  },
};
