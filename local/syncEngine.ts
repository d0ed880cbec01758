import { ExecutionError, StateMachine } from "aws-local-stepfunctions";
import { InternalError, Stopped } from "../functions/errors.ts";
import { syncExecutionName } from "../functions/executionName.ts";
import { parseInput } from "../functions/input.ts";
import type { FileProgress, Services } from "../functions/services.ts";
import { finishSync } from "../functions/sync/finishSync.ts";
import type { SyncInput } from "../functions/sync/input.ts";
import type { SyncReport } from "../functions/sync/report.ts";
import { loadDefinition, stateNames } from "./definition.ts";
import { startExport } from "./engine.ts";
import { type ExecutionEvent, followEvents } from "./events.ts";
import { SyncInvocations } from "./syncInvocations.ts";

export interface StartSyncOptions {
  input: SyncInput;
  services: Services;
  /** Name of the execution; absent: one that is made up. The same name must not be used twice. */
  name?: string;
  /** Told of every state of the sync itself. */
  onEvent?(event: ExecutionEvent): void;
  /** Told of every state of the items' exports. */
  onItemEvent?(libraryItemId: string, event: ExecutionEvent): void;
  /** Told of the bytes of the items' exports. */
  onItemProgress?(libraryItemId: string, progress: FileProgress): void;
  /** Milliseconds in place of what the state machines say; absent: as they say. */
  timing?: { wait?: number; retry?: number };
}

export interface SyncExecution {
  readonly name: string;
  /** The report: of a failed or stopped sync too. Rejects only when not even a report could be made. */
  readonly result: Promise<SyncReport>;
  /** Ends the sync and its exports; resolves when nothing that they had opened is left. */
  stop(): Promise<void>;
}

/**
 * Runs statemachine/sync-library.asl.json in this process; the exports that it starts run by export-item.asl.json.
 * Aborting `services.signal` stops it as `stop` does.
 */
export function startSync(options: StartSyncOptions): SyncExecution {
  const { input, timing = {}, onEvent } = options;
  const name = options.name ?? syncExecutionName(input);
  const definition = loadDefinition("sync-library");
  const stopping = new AbortController();
  const outer = options.services.signal;
  const signal = outer ? AbortSignal.any([stopping.signal, outer]) : stopping.signal;
  const services = { ...options.services, signal };
  const invocations = new SyncInvocations(services, runExport);

  const execution = new StateMachine(definition, { validationOptions: { noValidate: true } }).run(
    // The engine takes JSON, and keeps a reference to what it is given.
    JSON.parse(JSON.stringify(input)),
    {
      context: { Execution: { Id: `local:sync-library:${name}`, Name: name } },
      overrides: {
        taskResourceLocalHandlers: {
          ...invocations.taskHandlers(),
          NotifySynchronized: noEvent,
          NotifySyncFailed: noEvent,
        },
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
  // Whoever only stops the sync does not look at its result.
  result.catch(() => {});
  return {
    name,
    result,
    async stop() {
      stopping.abort(new Stopped("The sync was stopped"));
      await result.catch(() => {});
    },
  };

  /** Stands for the nested execution. It ends as any export does when the sync is stopped: cleaned up. */
  async function runExport(parameters: unknown) {
    const request = parseInput(inputOf(parameters));
    const libraryItemId = request.libraryItemId ?? "";
    const { onItemEvent, onItemProgress } = options;
    return startExport({
      input: request,
      services: {
        ...services,
        ...(onItemProgress && { progress: (progress) => onItemProgress(libraryItemId, progress) }),
      },
      timing,
      ...(onItemEvent && { onEvent: (event) => onItemEvent(libraryItemId, event) }),
    }).result;
  }

  async function finish(): Promise<SyncReport> {
    try {
      const failure = await ended();
      await invocations.settled();
      if (invocations.report !== undefined && !signal.aborted) return invocations.report;
      return await finishSync(
        {
          run: name,
          input,
          sync: invocations.sync,
          page: null,
          results: [],
          recorded: invocations.recorded,
          failure,
        },
        { ...services, signal: undefined },
      );
    } finally {
      signal.removeEventListener("abort", abort);
      await events;
    }
  }

  /** Why the execution failed; null when it succeeded. */
  async function ended(): Promise<{ Error: string; Cause: string } | null> {
    try {
      await execution.result;
      return null;
    } catch (error) {
      if (signal.aborted) return { Error: "Stopped", Cause: "The sync was stopped" };
      const cause = error instanceof ExecutionError ? error.cause : error;
      if (!(cause instanceof Error)) throw new InternalError("The execution failed without an error");
      return { Error: cause.name, Cause: cause.message };
    }
  }
}

function inputOf(parameters: unknown): unknown {
  if (typeof parameters === "object" && parameters !== null && "Input" in parameters) return parameters.Input;
  throw new InternalError("The state passes no Input to its export");
}

/** There is no event bus on one machine. */
function noEvent() {
  return { FailedEntryCount: 0, Entries: [] };
}
