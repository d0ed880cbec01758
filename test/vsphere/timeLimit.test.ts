import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { withTimeLimit } from "../../functions/vsphere/timeLimit.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** Ends when it is told to, with the reason that it is given. */
const untilTold = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
  });

test("work that takes too long is told so when the time is over, and not before", async () => {
  const told = vi.fn();
  withTimeLimit(10_000, untilTold).catch(told);
  await vi.advanceTimersByTimeAsync(9_999);
  expect(told).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(told).toHaveBeenCalledWith(
    expect.objectContaining({ name: "TimeoutError", message: "it took longer than 10 s" }),
  );
});

test.each([
  ["returns", async () => "done"],
  ["throws", () => Promise.reject(new Error("failed"))],
])("nothing waits for the end of the time any more once the work %s", async (_, work) => {
  await withTimeLimit(10_000, work).catch(() => {});
  expect(vi.getTimerCount()).toBe(0);
});
