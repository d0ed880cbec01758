import type { StateMachineDefinition } from "aws-local-stepfunctions";
import exportItem from "../statemachine/export-item.asl.json" with { type: "json" };
import syncLibrary from "../statemachine/sync-library.asl.json" with { type: "json" };

/** The engine times with setTimeout, whose longest delay is 2^31 - 1 milliseconds. */
const LONGEST_TIMEOUT_SECONDS = 2_147_483;

const DEFINITIONS = { "export-item": exportItem, "sync-library": syncLibrary };

/**
 * A workflow as it is deployed, but for the tasks' TimeoutSeconds: they follow Lambda's limits, and a file that
 * takes an hour on one machine needs no second invocation.
 */
export function loadDefinition(name: keyof typeof DEFINITIONS = "export-item"): StateMachineDefinition {
  // JSON.parse, because the type of a JSON module has string where the engine's has the members of a union.
  const definition: StateMachineDefinition = JSON.parse(JSON.stringify(DEFINITIONS[name]));
  for (const { state } of allStates(definition)) {
    if (state.Type === "Task") state.TimeoutSeconds = LONGEST_TIMEOUT_SECONDS;
  }
  return definition;
}

type States = StateMachineDefinition["States"];
type State = States[string];

/** Every state with its name, those within a Map as well. */
export function* allStates({ States }: { States: States }): Generator<{ name: string; state: State }> {
  for (const [name, state] of Object.entries(States)) {
    yield { name, state };
    if (state.Type === "Map" && state.ItemProcessor) yield* allStates(state.ItemProcessor);
  }
}

/** `value` for each state of a type, by name: the shape of the engine's overrides. */
export function stateNames(
  definition: StateMachineDefinition,
  type: State["Type"],
  value: number,
): Record<string, number> {
  const names = [...allStates(definition)].filter(({ state }) => state.Type === type);
  return Object.fromEntries(names.map(({ name }) => [name, value]));
}
