import { type Clock, systemClock } from "../../functions/clock.ts";

export interface TestClock extends Clock {
  advance(milliseconds: number): void;
}

/**
 * Real time, fifty times as fast, that can also be put forward.
 * @param start milliseconds since the epoch that it shows now
 */
export function testClock(start = Date.now()): TestClock {
  const factor = 50;
  const startedAt = Date.now();
  let advanced = 0;
  return {
    now: () => start + (Date.now() - startedAt) * factor + advanced,
    sleep: (milliseconds, signal, options) => systemClock.sleep(milliseconds / factor, signal, options),
    advance(milliseconds) {
      advanced += milliseconds;
    },
  };
}
