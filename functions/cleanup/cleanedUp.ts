import type { Execution } from "../executions/executions.ts";
import type { ExportEnded } from "../export/exportEnded.ts";
import type { SyncEnded } from "../sync/report.ts";

export interface CleanUpRequest {
  /** An execution of the workflow that exports, or of the one that mirrors libraries. */
  executionArn: string;
  /** True once no function of the execution can be running any more. */
  again: boolean;
}

/** Result of CleanUp and CleanUpSync: the states only obey `cutOff`. */
export interface CleanedUp {
  /** The execution did not come to its own end, so that functions of it may still be running. */
  cutOff: boolean;
  /** What nobody else will tell: null for an execution that has told by itself how it ended. */
  notice:
    | { detailType: "Export Failed"; detail: ExportEnded }
    | { detailType: "Sync Failed"; detail: SyncEnded }
    | null;
}

export const NOTHING_TO_DO: CleanedUp = { cutOff: false, notice: null };

/** Name of the execution of an ARN. */
export function nameIn(executionArn: string): string {
  return executionArn.slice(executionArn.lastIndexOf(":") + 1);
}

/** An execution that has a report has told by itself how it ended. */
export function isCutOff({ state }: Execution, { report }: { report: unknown }): boolean {
  return state !== "SUCCEEDED" && report === null;
}
