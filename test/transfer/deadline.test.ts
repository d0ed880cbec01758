import { describe, expect, test } from "vitest";
import { DeadlineTooShort, FileTooLargeForSource } from "../../functions/errors.ts";
import { Deadline } from "../../functions/transfer/deadline.ts";
import { fakeClock } from "../clocks.ts";

const MB = 1000 ** 2;

/** The deadline of an invocation that has so many seconds, and a clock that uses them up. */
function deadlineIn(seconds: number) {
  const clock = fakeClock();
  const end = clock.now() + seconds * 1000;
  const deadline = new Deadline(() => end - clock.now(), clock, "a.iso");
  return { deadline, pass: (passed: number) => clock.sleep(passed * 1000) };
}

describe("a deadline", () => {
  test("is refused where less than the reserve of 15 s is left, with what there is", () => {
    expect(() => deadlineIn(14.9)).toThrow(DeadlineTooShort);
    expect(() => deadlineIn(9)).toThrow('"a.iso": 9 s are left');
    expect(deadlineIn(15).deadline.isNear()).toBe(false);
  });

  test("is near when what is left beside the reserve is less than twice a part's time to be read and stored", async () => {
    const { deadline, pass } = deadlineIn(100);
    await pass(10);
    deadline.stepDone();
    deadline.uploadTook(5_000);
    await pass(45);
    expect(deadline.isNear()).toBe(false);
    await pass(0.001);
    expect(deadline.isNear()).toBe(true);
  });

  test("goes by the slowest part so far, be it the first", async () => {
    const { deadline, pass } = deadlineIn(100);
    for (const [seconds, upload] of [
      [10, 5_000],
      [1, 20],
      [1, 10],
    ] as const) {
      await pass(seconds);
      deadline.stepDone();
      deadline.uploadTook(upload);
    }
    await pass(43);
    expect(deadline.isNear()).toBe(false);
    await pass(0.001);
    expect(deadline.isNear()).toBe(true);
  });

  test("allows what 5 MB/s move until then, and nothing of unknown size", () => {
    const { deadline } = deadlineIn(75);
    expect(deadline.allows(300 * MB - 1)).toBe(true);
    expect(deadline.allows(300 * MB)).toBe(false);
    expect(deadline.allows(undefined)).toBe(false);
  });

  test("that does not exist allows everything, and is never near", async () => {
    const { deadline, pass } = deadlineIn(Number.POSITIVE_INFINITY);
    await pass(86_400);
    deadline.stepDone();
    expect(deadline.allows(undefined)).toBe(true);
    expect(deadline.isNear()).toBe(false);
    expect(() => deadline.requireWholeFile("a.iso", 1, 1000 * MB)).not.toThrow();
    expect(() => deadline.requireWholeFile("a.iso", 1, undefined)).not.toThrow();
  });
});

describe("a file that has to come within one invocation", () => {
  test("is let be while its pace suffices for the whole of it", async () => {
    const { deadline, pass } = deadlineIn(115);
    await pass(20);
    expect(() => deadline.requireWholeFile("a.iso", 20 * MB, 100 * MB)).not.toThrow();
    expect(() => deadline.requireWholeFile("a.iso", 20 * MB, 101 * MB)).toThrow(FileTooLargeForSource);
  });

  test("is not judged by its first 20 seconds", async () => {
    const { deadline, pass } = deadlineIn(115);
    await pass(19.999);
    expect(() => deadline.requireWholeFile("a.iso", 1, 1000 * MB)).not.toThrow();
  });

  test("is given up with its pace, and with what it would take", async () => {
    const { deadline, pass } = deadlineIn(315);
    await pass(30);
    expect(() => deadline.requireWholeFile("a.iso", 75 * MB, 1500 * MB)).toThrow(
      '"a.iso": the endpoint cannot resume, and at 2.5 MB/s 1500000000 bytes would take 10.0 min; ' +
        "an invocation has 5.0 min",
    );
  });

  test("and whose size is unknown is given up only when the deadline is near", async () => {
    const { deadline, pass } = deadlineIn(75);
    await pass(10);
    deadline.stepDone();
    await pass(30);
    expect(() => deadline.requireWholeFile("a.iso", MB, undefined)).not.toThrow();
    await pass(1);
    expect(() => deadline.requireWholeFile("a.iso", MB, undefined)).toThrow(
      "a file of unknown size would take 0.7 min or more; an invocation has 1.0 min",
    );
  });
});
