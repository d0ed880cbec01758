import { StateMachine } from "aws-local-stepfunctions";
import { loadDefinition, stateNames } from "../../../local/definition.ts";
import { Invocations, stateCalls } from "../../../local/invocations.ts";
import type { Json } from "../../../local/payload.ts";
import { startWorkflow, type WorkflowSetup } from "../../workflow/harness.ts";
import type { Answers } from "./path.ts";

/** One file, so that the answers of a state are all of that file. */
export const INPUT: Json = {
  vcenter: "lab",
  library: "Golden images",
  item: "ubuntu",
  include: ["ubuntu.ovf"],
};

/** Runs an export with the real functions on the simulators, and keeps what each task answered. */
export async function recordAnswers(setup: WorkflowSetup): Promise<Answers> {
  await using workflow = await startWorkflow(setup);
  const answers: Answers = { NotifySucceeded: [NOTIFIED], NotifyFailed: [NOTIFIED] };
  const invocations = new Invocations(stateCalls, workflow.services);
  const recording = Object.entries(invocations.taskHandlers()).map(([state, handler]) => {
    const recorded = async (parameters: unknown) => {
      answers[state] ??= [];
      try {
        const returns = await handler(parameters);
        answers[state].push({ returns });
        return returns;
      } catch (error) {
        if (error instanceof Error)
          answers[state].push({ fails: { error: error.name, cause: error.message } });
        throw error;
      }
    };
    return [state, recorded] as const;
  });
  const definition = loadDefinition();
  const execution = new StateMachine(definition, { validationOptions: { noValidate: true } }).run(INPUT, {
    context: { Execution: { Id: "recorded", Name: "recorded" } },
    overrides: {
      taskResourceLocalHandlers: {
        ...Object.fromEntries(recording),
        NotifySucceeded: () => NOTIFIED.returns,
        NotifyFailed: () => NOTIFIED.returns,
      },
      waitTimeOverrides: stateNames(definition, "Wait", 0),
      retryIntervalOverrides: stateNames(definition, "Task", 0),
    },
  });
  // How it ends is among the answers.
  await execution.result.catch(() => {});
  return answers;
}

const NOTIFIED = { returns: { FailedEntryCount: 0, Entries: [] } };
