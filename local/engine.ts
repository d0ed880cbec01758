import { executionName } from "../functions/executionName.ts";
import { finishItem } from "../functions/export/finishItem.ts";
import type { ExportInput } from "../functions/input.ts";
import type { Services } from "../functions/services.ts";
import type { ExportReport } from "../functions/workflow.ts";
import type { ExecutionEvent } from "./events.ts";
import { Invocations, type StateCalls, stateCalls } from "./invocations.ts";
import { type MachineExecution, runMachine, type Timing } from "./machine.ts";

export type { ExecutionEvent } from "./events.ts";

export interface StartExportOptions {
  input: ExportInput;
  services: Services;
  /** Name of the execution; absent: one that is made up. The same name must not be used twice. */
  name?: string;
  /** Told of every state that is entered, left, failed, retried or caught, in the files' parts as well. */
  onEvent?(event: ExecutionEvent): void;
  /** Stand for the functions that run in Lambda, and for the container. @default those functions and its program */
  functions?: StateCalls;
  timing?: Timing;
}

export type ExportExecution = MachineExecution<ExportReport>;

/**
 * Runs statemachine/export-item.asl.json in this process, with the functions that run in Lambda. Aborting
 * `services.signal` stops it as `stop` does.
 */
export function startExport(options: StartExportOptions): ExportExecution {
  const { input, services, functions = stateCalls, timing, onEvent } = options;
  const name = options.name ?? executionName(input);
  return runMachine({
    definition: "export-item",
    word: "export",
    name,
    input,
    signal: services.signal,
    timing,
    onEvent,
    begin(signal) {
      const invocations = new Invocations(functions, { ...services, signal });
      return {
        invocations,
        finish(failure) {
          const { resolved, results } = invocations;
          return finishItem(
            { run: name, input, resolved, results, failure },
            { ...services, signal: undefined },
          );
        },
      };
    },
  });
}
