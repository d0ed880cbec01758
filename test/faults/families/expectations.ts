import type { Expectation } from "../scenario.ts";

/** What a scenario is expected to come to. A name alone is the outcome, with nothing left behind. */
export type Expected = string | Expectation;

export function expectationOf(expected: Expected): Expectation {
  return typeof expected === "string" ? { outcome: expected } : expected;
}

/** Every answer, where they all come to the same. */
export function whatever<Name extends string>(
  answers: readonly Name[],
  expected: Expected,
): Partial<Record<Name, Expected>> {
  return Object.fromEntries(answers.map((name) => [name, expected] as const)) as Partial<
    Record<Name, Expected>
  >; // fromEntries knows no narrower key than string
}
