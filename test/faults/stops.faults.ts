import { expect, test } from "vitest";
import { allStates, loadDefinition } from "../../local/definition.ts";
import { stops } from "./families/stops.ts";
import { meetAll } from "./meetAll.ts";

meetAll("stops", stops);

test("an export is stopped at every state that there is", () => {
  const states = [...allStates(loadDefinition())].map(({ name }) => name);
  const stopped = stops.scenarios
    .map(({ fault }) => fault.deployed?.stopAt)
    .filter((state) => state !== undefined);
  expect(stopped.toSorted()).toEqual(states.toSorted());
});
