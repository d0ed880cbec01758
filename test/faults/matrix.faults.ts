import { describe, expect, test } from "vitest";
import { faultsPage } from "../../docs/pages/faultsPage.ts";
import { endpoint } from "./families/endpoint.ts";
import { vcenterCalls } from "./families/vcenterCalls.ts";
import { vcenterSessions } from "./families/vcenterSessions.ts";
import { type Outcome, run } from "./run.ts";

const families = [vcenterCalls, vcenterSessions, endpoint];

const seen = families.map((family) => ({ family, outcomes: new Map<string, Outcome>() }));

describe.each(seen)("$family.title", ({ family: { scenarios }, outcomes }) => {
  for (const scenario of scenarios) {
    const { name, expect: expected } = scenario;
    const { outcome, siblings = ["EXPORTED", "EXPORTED"], refusedLogIns = 0, left = [] } = expected;

    test.concurrent(`${name}: ${outcome}`, async () => {
      const seen = await run(scenario);
      outcomes.set(name, seen);
      const others = seen.siblings.length === 0 ? [] : siblings;
      expect(seen).toEqual({ name, outcome, siblings: others, refusedLogIns, left });
    });
  }

  test("no two scenarios have the same name", () => {
    expect(new Set(scenarios.map(({ name }) => name)).size).toBe(scenarios.length);
  });
});

test("docs/faults.md says what was seen", async () => {
  const page = faultsPage(
    seen.map(({ family, outcomes }) => ({
      family,
      outcomes: family.scenarios.flatMap(({ name }) => outcomes.get(name) ?? []),
    })),
  );
  await expect(page).toMatchFileSnapshot("../../docs/faults.md");
});
