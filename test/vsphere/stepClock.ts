import type { Clock } from "../../functions/clock.ts";

/** A clock that stands still until the test moves it. */
export interface StepClock extends Clock {
  /** What is waited for at the moment, in milliseconds from when each wait began. */
  waiting(): number[];
  /** Moves on, ends what is due, and lets everything that follows from it happen. */
  advance(milliseconds: number): Promise<void>;
}

export function stepClock(start = Date.UTC(2026, 0, 1)): StepClock {
  let now = start;
  const waits = new Set<{ milliseconds: number; due: number; end: () => void }>();
  return {
    now: () => now,
    waiting: () => [...waits].map(({ milliseconds }) => milliseconds),
    async advance(milliseconds) {
      await settle();
      now += milliseconds;
      for (const wait of [...waits].filter(({ due }) => due <= now)) wait.end();
      await settle();
    },
    sleep(milliseconds, signal) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const wait = {
        milliseconds,
        due: now + milliseconds,
        end() {
          waits.delete(wait);
          resolve();
        },
      };
      const abort = () => {
        waits.delete(wait);
        reject(signal?.reason);
      };
      waits.add(wait);
      if (signal?.aborted) abort();
      signal?.addEventListener("abort", abort, { once: true });
      return promise;
    },
  };
}

/** Lets the promises run that do not wait for anything outside. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
