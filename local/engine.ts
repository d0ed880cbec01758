import { ExecutionError, StateMachine } from "aws-local-stepfunctions";
import { InternalError, Stopped } from "../functions/errors.ts";
import { executionName } from "../functions/executionName.ts";
import type { ExecutionState, Failure } from "../functions/export/events.ts";
import { finishItem } from "../functions/export/finishItem.ts";
import { handlers } from "../functions/handlers/index.ts";
import type { ExportInput } from "../functions/input.ts";
import type { Services } from "../functions/services.ts";
import type { ExportReport } from "../functions/workflow.ts";
import { loadDefinition, stateNames } from "./definition.ts";
import { type ExecutionEvent, followEvents } from "./events.ts";
import { Invocations } from "./invocations.ts";

export type { ExecutionEvent } from "./events.ts";

export interface StartExportOptions {
  input: ExportInput;
  services: Services;
  /** Name of the execution; absent: one that is made up. The same name must not be used twice. */
  name?: string;
  /** Told of every state that is entered, left, failed, retried or caught, in the files' parts as well. */
  onEvent?(event: ExecutionEvent): void;
  /** Stand for the functions that run in Lambda. @default those functions */
  functions?: typeof handlers;
  /** Milliseconds in place of what the state machine says; absent: as it says. */
  timing?: { wait?: number; retry?: number };
}

export interface ExportExecution {
  readonly name: string;
  /**
   * The report: of a failed or stopped export too, with status FAILED and the error.
   * Rejects only when not even a report could be made.
   */
  readonly result: Promise<ExportReport>;
  /**
   * Ends the export: whatever runs is aborted, and what it had opened is removed by the run records. Resolves
   * when nothing is left; `result` then has the report, with the error `Stopped`.
   */
  stop(): Promise<void>;
}

/**
 * Runs statemachine/export-item.asl.json in this process, with the functions that run in Lambda. Aborting
 * `services.signal` stops it as `stop` does.
 */
export function startExport(options: StartExportOptions): ExportExecution {
  const { input, services, functions = handlers, timing = {}, onEvent } = options;
  const name = options.name ?? executionName(input);
  const definition = loadDefinition();
  const stopping = new AbortController();
  const signal = services.signal ? AbortSignal.any([stopping.signal, services.signal]) : stopping.signal;
  const invocations = new Invocations(functions, { ...services, signal });

  const execution = new StateMachine(definition, { validationOptions: { noValidate: true } }).run(
    // The engine takes JSON, and keeps a reference to what it is given.
    JSON.parse(JSON.stringify(input)),
    {
      context: { Execution: { Id: `local:export-item:${name}`, Name: name } },
      overrides: {
        taskResourceLocalHandlers: {
          ...invocations.taskHandlers(),
          NotifySucceeded: noEvent,
          NotifyFailed: noEvent,
        },
        ...(timing.wait !== undefined && {
          waitTimeOverrides: stateNames(definition, "Wait", timing.wait),
        }),
        ...(timing.retry !== undefined && {
          retryIntervalOverrides: stateNames(definition, "Task", timing.retry),
        }),
      },
    },
  );
  const events = followEvents(execution.eventLogs, onEvent);
  const abort = () => execution.abort();
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort);

  const result = finish();
  // Whoever only stops the export does not look at its result.
  result.catch(() => {});
  return {
    name,
    result,
    async stop() {
      stopping.abort(new Stopped("The export was stopped"));
      await result.catch(() => {});
    },
  };

  async function finish(): Promise<ExportReport> {
    try {
      const failure = await ended();
      await invocations.settled();
      if (invocations.report !== undefined && !signal.aborted) return invocations.report;
      return await reportAnyway(failure);
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
      if (signal.aborted) return { Error: "Stopped", Cause: "The export was stopped" };
      const cause = error instanceof ExecutionError ? error.cause : error;
      if (!(cause instanceof Error)) throw new InternalError("The execution failed without an error");
      return { Error: cause.name, Cause: cause.message };
    }
  }

  /** FinishItem did not run, or it could not: its work is what keeps a stop from leaving anything behind. */
  function reportAnyway(failure: Failure | null): Promise<ExportReport> {
    const state: ExecutionState = {
      run: name,
      input,
      resolved: invocations.resolved,
      results: invocations.results,
      failure,
    };
    return finishItem(state, { ...services, signal: undefined });
  }
}

/** There is no event bus on one machine. */
function noEvent() {
  return { FailedEntryCount: 0, Entries: [] };
}
