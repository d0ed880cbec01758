import type { ExportRequest } from "../input.ts";
import type { SyncRequest } from "../sync/input.ts";
import type { SyncReport } from "../sync/report.ts";
import type { Recorded, SyncPlan } from "../sync/state.ts";
import type { ExportReport, FileError, FilePlan, ItemPlan } from "../workflow.ts";

/**
 * The executions of a workflow, wherever they run: in AWS Step Functions, or in this process. Of the export's
 * workflow unless the types say otherwise.
 */
export interface Executions<Request = ExportRequest, Progress = ExecutionProgress> {
  /**
   * Starts an execution. The same name with the same input, while that execution runs, is no second one.
   * @returns undefined when the name is taken: by one with another input, or by one that has ended
   */
  start(id: string, input: Request): Promise<ExecutionSummary | undefined>;
  /** Undefined when there is none of that name. */
  describe(id: string): Promise<Execution | undefined>;
  /** The latest first. Undefined when the page token is of no list, or too old. */
  list(query: ListQuery): Promise<ExecutionPage | undefined>;
  /** One that has ended stays as it is. */
  stop(id: string, reason: string): Promise<void>;
  /** What the execution is known to have decided and done. */
  progress(execution: Execution): Promise<Progress>;
}

/** The executions of the workflow that mirrors a library. */
export type SyncExecutions = Executions<SyncRequest, SyncProgress>;

/** As Step Functions names them. */
export const EXECUTION_STATES = ["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"] as const;
export type ExecutionState = (typeof EXECUTION_STATES)[number];

export interface ExecutionSummary {
  /** Name of the execution. */
  id: string;
  state: ExecutionState;
  /** ISO 8601. */
  startedAt: string;
  /** ISO 8601; null while it runs. */
  endedAt: string | null;
}

export interface Execution extends ExecutionSummary {
  /** As the trigger sent it. */
  input: unknown;
  /** Why it did not succeed; null otherwise. */
  error: FileError | null;
}

export interface ListQuery {
  /** Absent: all. */
  state?: ExecutionState;
  limit: number;
  /** `next` of the page before. */
  pageToken?: string;
}

export interface ExecutionPage {
  executions: ExecutionSummary[];
  /** Null at the last page. */
  next: string | null;
}

export interface ExecutionProgress {
  /** Null until ResolveItem has succeeded. */
  resolved: { item: ItemPlan; files: FilePlan[] } | null;
  /** Null until FinishItem has run. */
  report: ExportReport | null;
}

export interface SyncProgress {
  /** Null until ListLibrary has succeeded. */
  sync: SyncPlan | null;
  /** The pages that are done; null until there is one. */
  recorded: Recorded | null;
  /** Items of the page on its way that an export is started for, and how many of these have ended; null: none. */
  exporting: { total: number; ended: number } | null;
  /** Null until FinishSync has run. */
  report: SyncReport | null;
}
