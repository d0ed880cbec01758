import { InternalError } from "../functions/errors.ts";
import { syncExecutionName } from "../functions/executionName.ts";
import { parseInput } from "../functions/input.ts";
import type { FileProgress, Services } from "../functions/services.ts";
import { finishSync } from "../functions/sync/finishSync.ts";
import type { SyncInput } from "../functions/sync/input.ts";
import type { SyncReport } from "../functions/sync/report.ts";
import type { ExportReport } from "../functions/workflow.ts";
import { startExport } from "./engine.ts";
import type { ExecutionEvent } from "./events.ts";
import { type MachineExecution, runMachine, type Timing } from "./machine.ts";
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
  timing?: Timing;
}

export type SyncExecution = MachineExecution<SyncReport>;

/**
 * Runs statemachine/sync-library.asl.json in this process; the exports that it starts run by export-item.asl.json.
 * Aborting `services.signal` stops it as `stop` does.
 */
export function startSync(options: StartSyncOptions): SyncExecution {
  const { input, services, timing, onEvent } = options;
  const name = options.name ?? syncExecutionName(input);
  return runMachine({
    definition: "sync-library",
    word: "sync",
    name,
    input,
    signal: services.signal,
    timing,
    onEvent,
    begin(signal) {
      const runExport = exportsOf({ ...options, services: { ...services, signal } });
      const invocations = new SyncInvocations({ ...services, signal }, runExport);
      return {
        invocations,
        finish(failure) {
          const { sync, recorded } = invocations;
          const state = { run: name, input, sync, page: null, results: [], recorded, failure };
          return finishSync(state, { ...services, signal: undefined });
        },
      };
    },
  });
}

/** Stands for the nested executions. Each ends as any export does when the sync is stopped: cleaned up. */
function exportsOf({ services, timing, onItemEvent, onItemProgress }: StartSyncOptions) {
  return (parameters: unknown): Promise<ExportReport> => {
    const request = parseInput(inputOf(parameters));
    const libraryItemId = request.libraryItemId ?? "";
    return startExport({
      input: request,
      services: {
        ...services,
        ...(onItemProgress && { progress: (progress) => onItemProgress(libraryItemId, progress) }),
      },
      ...(timing && { timing }),
      ...(onItemEvent && { onEvent: (event) => onItemEvent(libraryItemId, event) }),
    }).result;
  };
}

function inputOf(parameters: unknown): unknown {
  if (typeof parameters === "object" && parameters !== null && "Input" in parameters) return parameters.Input;
  throw new InternalError("The state passes no Input to its export");
}
