import { ExecutionError, StateMachine } from "aws-local-stepfunctions";
import { loadDefinition, stateNames } from "../../../local/definition.ts";
import { followEvents } from "../../../local/events.ts";
import type { Json } from "../../../local/payload.ts";
import { type Answers, enter, type Interpreter, type Path } from "./path.ts";

/** aws-local-stepfunctions, which runs the workflow for `npm start` and `library-export run`. */
export const inProcess: Interpreter = {
  async run({ name, input, answers }) {
    const definition = loadDefinition();
    const execution = new StateMachine(definition, { validationOptions: { noValidate: true } }).run(input, {
      context: { Execution: { Id: name, Name: name } },
      overrides: {
        taskResourceLocalHandlers: taskHandlers(stateNames(definition, "Task", 0), answers),
        waitTimeOverrides: stateNames(definition, "Wait", 0),
        retryIntervalOverrides: stateNames(definition, "Task", 0),
      },
    });
    const path: Path = { states: [], files: [] };
    const followed = followEvents(execution.eventLogs, ({ type, state, index }) => {
      if (type === "StateEntered") enter(path, state, index);
    });
    try {
      path.output = await execution.result;
    } catch (error) {
      const reason = error instanceof ExecutionError ? error.cause : error;
      if (!(reason instanceof Error)) throw error;
      path.failure = { error: reason.name, cause: reason.message };
    }
    await followed;
    return path;
  },
};

function taskHandlers(states: Record<string, number>, answers: Answers): Record<string, () => Promise<Json>> {
  const handlers = Object.keys(states).map((state) => {
    const left = [...(answers[state] ?? [])];
    const handler = async () => {
      const answer = left.shift();
      if (answer === undefined)
        throw new Error(`${state} was entered more often than the scenario has answers`);
      if ("returns" in answer) return structuredClone(answer.returns);
      const { error, cause } = answer.fails;
      throw Object.assign(new Error(cause), { name: error });
    };
    return [state, handler] as const;
  });
  return Object.fromEntries(handlers);
}
