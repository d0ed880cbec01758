import type { Execution, Executions, SyncExecutions } from "../../functions/executions/executions.ts";

/** A state machine of a deployment. */
export interface Machine extends Pick<Executions, "describe" | "list" | "stop"> {
  arn: string;
  /** Starts an execution by the text of its input. */
  start(id: string, input: string): ReturnType<Executions["start"]>;
  /** What the execution has put out; null until it has. */
  output(execution: Execution): Promise<unknown>;
  /** The events that this program looks for, the oldest first. */
  history(execution: Execution): Promise<HistoryEvent[]>;
  /** How far its Map Run is; null where it has none. */
  mapRun(execution: Execution): Promise<{ total: number; ended: number } | null>;
}

export interface HistoryEvent {
  type: string;
  stateExitedEventDetails?: { name: string; output: string };
  mapRunStartedEventDetails?: { mapRunArn: string };
}

/** statemachine/export-item.asl.json. Of the Map Run of its files nobody asks. */
export function exportMachine(arn: string, executions: Executions): Machine {
  return {
    ...executions,
    arn,
    start: (id, input) => executions.start(id, JSON.parse(input)),
    output: async (execution) => (await executions.progress(execution)).report,
    async history(execution) {
      const { resolved, report } = await executions.progress(execution);
      const state = { run: execution.id, input: execution.input, resolved, results: [], failure: null };
      return [
        ...(resolved ? [exited("ResolveItem", state)] : []),
        ...(report ? [exited("FinishItem", report)] : []),
      ];
    },
    mapRun: async () => null,
  };
}

/** statemachine/sync-library.asl.json */
export function syncMachine(arn: string, syncs: SyncExecutions): Machine {
  const mapRunArn = (id: string) => `${arn.replace(":stateMachine:", ":mapRun:")}/ExportItems:${id}`;
  return {
    ...syncs,
    arn,
    start: (id, input) => syncs.start(id, JSON.parse(input)),
    output: async (execution) => (await syncs.progress(execution)).report,
    async history(execution) {
      const { id, input } = execution;
      const { sync, recorded, exporting, report } = await syncs.progress(execution);
      const state = { run: id, input, sync, page: null, results: [], failure: null, recorded: null };
      return [
        ...(sync ? [exited("ListLibrary", state)] : []),
        ...(recorded ? [exited("RecordPage", { ...state, recorded })] : []),
        ...(exporting
          ? [{ type: "MapRunStarted", mapRunStartedEventDetails: { mapRunArn: mapRunArn(id) } }]
          : []),
        ...(report ? [exited("FinishSync", report)] : []),
      ];
    },
    mapRun: async (execution) => (await syncs.progress(execution)).exporting,
  };
}

function exited(name: string, output: unknown): HistoryEvent {
  return { type: "TaskStateExited", stateExitedEventDetails: { name, output: JSON.stringify(output) } };
}
