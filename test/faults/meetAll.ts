import { describe, expect, test } from "vitest";
import { type Outcome, run } from "./run.ts";
import type { Family } from "./scenario.ts";

/** What was seen of a family: a table of docs/faults.md. */
export interface SeenFamily extends Pick<Family, "title" | "about"> {
  outcomes: Outcome[];
}

/**
 * A test for each scenario of the family, and one that compares what was seen with docs/faults/<name>.json, of which
 * `npm run docs` makes the page.
 */
export function meetAll(name: string, { title, about, scenarios }: Family): void {
  describe(title, () => {
    const outcomes = new Map<string, Outcome>();

    for (const scenario of scenarios) {
      const { name, expect: expected } = scenario;
      const { outcome, siblings = ["EXPORTED", "EXPORTED"], refusedLogIns = 0, left = [] } = expected;

      test.concurrent(`${name}: ${outcome}`, async () => {
        const seen = await run(scenario);
        const others = seen.siblings.length === 0 ? [] : siblings;
        expect(seen).toEqual({ name, outcome, siblings: others, refusedLogIns, left });
        outcomes.set(name, seen);
      });
    }

    test("no two scenarios have the same name", () => {
      expect(new Set(scenarios.map(({ name }) => name)).size).toBe(scenarios.length);
    });

    test("docs/faults.md says what was seen", async () => {
      const inOrder = scenarios.flatMap(({ name }) => outcomes.get(name) ?? []);
      expect(inOrder.length, "scenarios that went as expected").toBe(scenarios.length);
      const seen = asJson({ title, about, outcomes: inOrder });
      await expect(seen).toMatchFileSnapshot(`../../docs/faults/${name}.json`);
    });
  });
}

/** One outcome a line. */
function asJson({ title, about, outcomes }: SeenFamily): string {
  const lines = outcomes.map((outcome) => JSON.stringify(outcome));
  return `{"title":${JSON.stringify(title)},"about":${JSON.stringify(about)},"outcomes":[\n${lines.join(",\n")}\n]}\n`;
}
