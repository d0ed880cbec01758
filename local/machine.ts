import { ExecutionError, StateMachine, type StateMachineDefinition } from "aws-local-stepfunctions";
import { InternalError, Stopped } from "../functions/errors.ts";
import type { Failure } from "../functions/export/events.ts";
import { allStates, loadDefinition, stateNames } from "./definition.ts";
import { type ExecutionEvent, followEvents } from "./events.ts";
import type { TaskHandler } from "./tasks.ts";

/** Milliseconds in place of what the state machines say; absent: as they say. */
export interface Timing {
  wait?: number;
  retry?: number;
}

/** An execution in this process. */
export interface MachineExecution<Report> {
  readonly name: string;
  /**
   * The report: of a failed or stopped execution too, with status FAILED and the error.
   * Rejects only when not even a report could be made.
   */
  readonly result: Promise<Report>;
  /**
   * Ends the execution: whatever runs is aborted, and what it had opened is removed. Resolves when nothing is left;
   * `result` then has the report, with the error `Stopped`.
   */
  stop(): Promise<void>;
}

export interface MachineOptions<Report> {
  definition: Parameters<typeof loadDefinition>[0];
  word: "export" | "sync";
  name: string;
  input: unknown;
  /** Aborting it stops the execution as `stop` does. */
  signal?: AbortSignal | undefined;
  timing?: Timing | undefined;
  onEvent?: ((event: ExecutionEvent) => void) | undefined;
  /** Makes what the states call, which must end when the signal is aborted. */
  begin(signal: AbortSignal): MachineWork<Report>;
}

export interface MachineWork<Report> {
  invocations: {
    taskHandlers(): Record<string, TaskHandler>;
    settled(): Promise<void>;
    /** Of the state that reports; undefined until it has. */
    report: Report | undefined;
  };
  /** Does the reporting state's work where that did not run, or could not: it keeps a stop from leaving anything. */
  finish(failure: Failure | null): Promise<Report>;
}

/** Runs a state machine of statemachine/ in this process. There is no event bus on one machine. */
export function runMachine<Report>(options: MachineOptions<Report>): MachineExecution<Report> {
  const { word, name, input } = options;
  const definition = loadDefinition(options.definition);
  const stopping = new AbortController();
  const signal = options.signal ? AbortSignal.any([stopping.signal, options.signal]) : stopping.signal;
  const { invocations, finish } = options.begin(signal);

  const execution = new StateMachine(definition, { validationOptions: { noValidate: true } }).run(
    // The engine takes JSON, and keeps a reference to what it is given.
    JSON.parse(JSON.stringify(input)),
    {
      context: { Execution: { Id: `local:${options.definition}:${name}`, Name: name } },
      overrides: {
        taskResourceLocalHandlers: { ...invocations.taskHandlers(), ...notifications(definition) },
        ...timingOverrides(definition, options.timing),
      },
    },
  );
  const events = followEvents(execution.eventLogs, options.onEvent);
  const abort = () => execution.abort();
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort);

  const result = report();
  // Whoever only stops the execution does not look at its result.
  result.catch(() => {});
  return {
    name,
    result,
    async stop() {
      stopping.abort(new Stopped(`The ${word} was stopped`));
      await result.catch(() => {});
    },
  };

  async function report(): Promise<Report> {
    try {
      const failure = await ended();
      await invocations.settled();
      if (invocations.report !== undefined && !signal.aborted) return invocations.report;
      return await finish(failure);
    } finally {
      signal.removeEventListener("abort", abort);
      await events;
    }
  }

  /** Why the execution failed; null when it succeeded. */
  async function ended(): Promise<Failure | null> {
    try {
      await execution.result;
      return null;
    } catch (error) {
      if (signal.aborted) return { Error: "Stopped", Cause: `The ${word} was stopped` };
      const cause = error instanceof ExecutionError ? error.cause : error;
      if (!(cause instanceof Error)) throw new InternalError("The execution failed without an error");
      return { Error: cause.name, Cause: cause.message };
    }
  }
}

/** Handlers of the states that tell whoever listens: nobody does. */
function notifications(definition: StateMachineDefinition): Record<string, TaskHandler> {
  const states = [...allStates(definition)].filter(
    ({ state }) => state.Type === "Task" && state.Resource.endsWith(":events:putEvents"),
  );
  return Object.fromEntries(
    states.map(({ name }) => [name, async () => ({ FailedEntryCount: 0, Entries: [] })]),
  );
}

function timingOverrides(definition: StateMachineDefinition, { wait, retry }: Timing = {}) {
  return {
    ...(wait !== undefined && { waitTimeOverrides: stateNames(definition, "Wait", wait) }),
    ...(retry !== undefined && { retryIntervalOverrides: stateNames(definition, "Task", retry) }),
  };
}
