import { type SyncTotals, totalsOf } from "../sync/report.ts";
import type { FileError, ObjectLocation } from "../workflow.ts";
import type { Execution, ExecutionState, SyncExecutions, SyncProgress } from "./executions.ts";
import { SYNC } from "./kinds.ts";

/** How a sync stands: what the API answers and the command line shows. */
export interface SyncStatus extends SyncTotals {
  id: string;
  state: ExecutionState;
  /** ISO 8601. */
  startedAt: string;
  /** ISO 8601; null while it runs. */
  endedAt: string | null;
  /** As the trigger sent it. */
  input: unknown;
  /** What is mirrored; null until it was found. */
  library: { vcenter: string; libraryId: string; name: string } | null;
  /** A library is gone through by pages, and the numbers are of those that are done. Null until it was listed. */
  pages: { total: number; done: number } | null;
  /** Items of the page on its way that are exported, and how many of these have ended; null where there are none. */
  exporting: { total: number; ended: number } | null;
  index: ObjectLocation | null;
  /** Where there is a line for each item; null until the end. */
  report: ObjectLocation | null;
  /** Why it did not succeed; null otherwise. */
  error: FileError | null;
}

/**
 * How a sync stands now.
 * @throws SyncNotFound
 */
export async function readSyncStatus(id: string, syncs: SyncExecutions): Promise<SyncStatus> {
  const execution = await syncs.describe(id);
  if (execution === undefined) throw SYNC.notFound(id);
  return syncStatus(execution, await syncs.progress(execution));
}

function syncStatus(execution: Execution, progress: SyncProgress): SyncStatus {
  const { id, state, startedAt, endedAt, input, error } = execution;
  const { sync, recorded, exporting, report } = progress;
  const { counts, filesMoved, bytesMoved } = report ?? recorded?.totals ?? totalsOf([], false);
  return {
    id,
    state,
    startedAt,
    endedAt,
    input,
    library: sync && { vcenter: sync.vcenter, libraryId: sync.libraryId, name: sync.libraryName },
    pages: sync && { total: sync.pages, done: recorded?.next ?? 0 },
    exporting,
    counts,
    filesMoved,
    bytesMoved,
    index: report?.index ?? null,
    report: report?.report ?? null,
    // A failed execution has its error in short; the report has all of it.
    error: error && (report?.error ?? error),
  };
}
