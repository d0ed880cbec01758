import type { ExecutionProgress, SyncProgress } from "../functions/executions/executions.ts";
import { executionStateSchema } from "../functions/export/events.ts";
import type { ExportRequest } from "../functions/input.ts";
import type { Services } from "../functions/services.ts";
import type { SyncRequest } from "../functions/sync/input.ts";
import { syncStateSchema } from "../functions/sync/state.ts";
import { startExport } from "./engine.ts";
import { type KeptExecutions, keepExecutions } from "./keptExecutions.ts";
import type { Timing } from "./machine.ts";
import { startSync } from "./syncEngine.ts";

export type LocalExecutions = KeptExecutions<ExportRequest, ExecutionProgress>;
export type LocalSyncs = KeptExecutions<SyncRequest, SyncProgress>;

/** Exports in this process: the same state machine and functions as in the cloud. */
export function localExecutions(services: Services, timing: Timing = {}): LocalExecutions {
  return keepExecutions(services.clock, (name, input) => {
    const progress: ExecutionProgress = { resolved: null, report: null };
    const { result, stop } = startExport({
      name,
      input,
      services,
      timing,
      onEvent({ type, state, input: given }) {
        if (type !== "StateEntered" || state !== "DryRun") return;
        progress.resolved = executionStateSchema.parse(given).resolved;
      },
    });
    result.then(
      (report) => {
        progress.report = report;
      },
      () => {},
    );
    return { result, stop, progress: () => ({ ...progress }) };
  });
}

/** The same for syncs. The exports that they start are theirs alone: no other list has them. */
export function localSyncs(services: Services, timing: Timing = {}): LocalSyncs {
  return keepExecutions(services.clock, (name, input) => {
    const progress: SyncProgress = { sync: null, recorded: null, exporting: null, report: null };
    const { result, stop } = startSync({
      name,
      input,
      services,
      timing,
      onEvent({ type, state, input: given }) {
        if (type !== "StateEntered") return;
        if (ITEM_ENDS.has(state) && progress.exporting !== null) progress.exporting.ended += 1;
        const known = syncStateSchema.safeParse(given).data;
        if (known === undefined) return;
        Object.assign(progress, { sync: known.sync, recorded: known.recorded });
        const total = known.page?.exports.length ?? 0;
        progress.exporting = state === "ExportItems" ? { total, ended: 0 } : null;
      },
    });
    result.then(
      (report) => Object.assign(progress, { report, exporting: null }),
      () => {},
    );
    return { result, stop, progress: () => structuredClone(progress) };
  });
}

/** The last state of an item's part. */
const ITEM_ENDS = new Set(["ItemDone", "ItemFailed", "ItemFailedUnexplained"]);
