import type { Json } from "../../../local/payload.ts";

/** What a task answers, each time that it is asked. */
export type Answer = { returns: Json } | { fails: { error: string; cause: string } };

/** By name of the state, in the order in which the state is entered: of all files together, so one after another. */
export type Answers = Record<string, Answer[]>;

/** The way that an execution took, and where it ended. */
export interface Path {
  /** Names of the states outside the files' parts, in order. */
  states: string[];
  /** The same for each file, in the files' order. */
  files: string[][];
  /** The output of an execution that succeeded. */
  output?: Json;
  /** Of one that failed. */
  failure?: { error: string; cause: string };
}

/** An interpreter of Amazon States Language. */
export interface Interpreter {
  run(scenario: { name: string; input: Json; answers: Answers }): Promise<Path>;
}

/** Notes that a state was entered: in a file's part when there is an index. */
export function enter(
  { states, files }: Pick<Path, "states" | "files">,
  state: string,
  index?: number,
): void {
  if (index === undefined) {
    states.push(state);
    return;
  }
  files[index] ??= [];
  files[index].push(state);
}
