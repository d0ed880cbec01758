import type { Clock } from "../functions/clock.ts";

export interface FakeClock extends Clock {
  /** Every wait asked for so far, in milliseconds. */
  waits: number[];
}

/** A clock on which every wait is over at once, having taken its time. */
export function fakeClock(start = Date.UTC(2026, 0, 1)): FakeClock {
  let now = start;
  const waits: number[] = [];
  return {
    waits,
    now: () => now,
    async sleep(milliseconds, signal) {
      signal?.throwIfAborted();
      waits.push(milliseconds);
      now += milliseconds;
    },
  };
}
