import type { ExecutionSummary, Executions, SyncExecutions } from "../executions/executions.ts";
import { recordsOf } from "../export/run.ts";
import type { Services } from "../services.ts";
import { openSyncRecords } from "../sync/records.ts";

const HOUR = 60 * 60 * 1000;
/** What has ended just now is being cleaned up by itself. */
const LEFT_ALONE_MILLISECONDS = HOUR;
/** With a sweep a day, whatever is left is found three times: an upload that stays longer expires by itself. */
const LOOKED_BACK_MILLISECONDS = 72 * HOUR;
/** Executions come in the order of their start, so that one that took longer than this is not found. */
const LONGEST_EXECUTION_MILLISECONDS = 14 * 24 * HOUR;
const EXECUTIONS_A_PAGE = 100;

export type SweepServices = Services & {
  executions: Pick<Executions, "describe" | "list" | "progress">;
  syncs: Pick<SyncExecutions, "describe" | "list" | "progress">;
  /** Starts the clean-up workflow for the export of that name. */
  startCleanUp(id: string): Promise<void>;
  /** The same for a sync. */
  startSyncCleanUp(id: string): Promise<void>;
};

/**
 * Looks for exports and syncs that ended without being cleaned up, because their event was lost or something could not
 * be removed then, and starts the clean-up of each.
 * @returns names of those executions
 */
export async function sweepRuns(services: SweepServices): Promise<string[]> {
  const { executions, syncs } = services;
  return [
    ...(await sweep(executions, (id) => exportHasRecords(id, services), services.startCleanUp, services)),
    ...(await sweep(syncs, (id) => syncHasRecords(id, services), services.startSyncCleanUp, services)),
  ];
}

async function sweep(
  executions: Pick<Executions, "list">,
  hasRecords: (id: string) => Promise<boolean>,
  startCleanUp: (id: string) => Promise<void>,
  services: Services,
): Promise<string[]> {
  const swept: string[] = [];
  for await (const { id } of endedLately(executions, services)) {
    if (!(await hasRecords(id))) continue;
    services.log.warn("What has ended is not cleaned up: starting the clean-up", { run: id });
    await startCleanUp(id);
    swept.push(id);
  }
  return swept;
}

async function* endedLately(
  executions: Pick<Executions, "list">,
  { clock }: Services,
): AsyncGenerator<ExecutionSummary> {
  const now = clock.now();
  const since = now - LOOKED_BACK_MILLISECONDS;
  let pageToken: string | null | undefined;
  while (pageToken !== null) {
    const page = await executions.list({ limit: EXECUTIONS_A_PAGE, ...(pageToken && { pageToken }) });
    if (page === undefined) return;
    for (const execution of page.executions) {
      if (Date.parse(execution.startedAt) < since - LONGEST_EXECUTION_MILLISECONDS) return;
      const endedAt = Date.parse(execution.endedAt ?? "");
      if (endedAt > since && endedAt < now - LEFT_ALONE_MILLISECONDS) yield execution;
    }
    pageToken = page.next;
  }
}

async function exportHasRecords(id: string, services: SweepServices): Promise<boolean> {
  const execution = await services.executions.describe(id);
  if (execution === undefined) return false;
  const { resolved } = await services.executions.progress(execution);
  if (resolved === null || resolved.item.dryRun) return false;
  return recordsOf(resolved.item, services).exist();
}

async function syncHasRecords(id: string, services: SweepServices): Promise<boolean> {
  const execution = await services.syncs.describe(id);
  if (execution === undefined) return false;
  const { sync } = await services.syncs.progress(execution);
  if (sync === null) return false;
  return (await openSyncRecords(sync, services).exist()) || (await recordsOf(sync, services).exist());
}
