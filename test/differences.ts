import { afterAll, afterEach, beforeEach, expect, type RunnerTestSuite } from "vitest";

/** What a peer does otherwise than AWS or a real vCenter. */
export interface Difference {
  /** What it does, and why that is not what the real service does. */
  because: string;
  /** How the test that expects the real service fails. */
  shows: RegExp;
}

declare module "vitest" {
  interface TaskMeta {
    /** Why this test was expected to fail, and did. */
    difference?: string;
  }
}

/**
 * Inside a describe block: the tests named here are expected to fail, in the way given and in no other. One that
 * passes is a failure: the peer has changed, and its entry has to go. So is a name that no test has.
 * @param differences by the test's name
 */
export function expectDifferences(differences: Record<string, Difference>): void {
  beforeEach(({ task }) => {
    const difference = differences[task.name];
    if (difference === undefined) return;
    task.meta.difference = difference.because;
  });
  afterEach(({ task }) => {
    const difference = differences[task.name];
    if (difference === undefined) return;
    const [error] = task.result?.errors ?? [];
    // Vitest turns the result of a test that `fails` round: one without an error becomes a failure. Its types let
    // nobody set that at run time.
    const fails = error === undefined || difference.shows.test(`${error.name}: ${error.message}`);
    Object.assign(task, { fails });
  });
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads from it which fixtures a hook needs, and takes no name.
  afterAll(({}, suite) => {
    const names = new Set(testNames(suite));
    const unknown = Object.keys(differences).filter((name) => !names.has(name));
    expect(unknown, "differences of tests that there are not").toEqual([]);
  });
}

function testNames({ tasks }: Pick<RunnerTestSuite, "tasks">): string[] {
  return tasks.flatMap((task) => (task.type === "suite" ? testNames(task) : task.name));
}
