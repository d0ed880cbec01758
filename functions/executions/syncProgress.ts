import { DescribeMapRunCommand, type HistoryEvent, type SFNClient } from "@aws-sdk/client-sfn";
import { syncReportSchema } from "../sync/report.ts";
import { syncStateSchema } from "../sync/state.ts";
import type { Execution, SyncProgress } from "./executions.ts";
import { type FindInHistory, keeping, outputIn } from "./history.ts";

/** Reads from the histories of syncs, and from the Map Run of the page on its way, what they have decided and done. */
export function syncProgress(
  client: SFNClient,
  find: FindInHistory,
): (execution: Execution) => Promise<SyncProgress> {
  const planOf = keeping((id) => find(id, "first", planIn));

  return async (execution) => {
    const sync = await planOf(execution);
    let mapRunArn: string | undefined;
    let report: SyncProgress["report"] = null;
    const recorded = await find(execution.id, "last", (event) => {
      mapRunArn ??= event.mapRunStartedEventDetails?.mapRunArn;
      report ??= syncReportSchema.safeParse(outputIn(event)).data ?? null;
      return recordedIn(event);
    });
    const isExporting = mapRunArn !== undefined && execution.state === "RUNNING";
    return {
      sync,
      recorded: recorded?.last ?? null,
      exporting: isExporting ? await describe(mapRunArn) : null,
      report,
    };
  };

  async function describe(mapRunArn: string | undefined): Promise<SyncProgress["exporting"]> {
    const { itemCounts } = await client.send(new DescribeMapRunCommand({ mapRunArn }));
    const { total = 0, succeeded = 0, failed = 0, timedOut = 0, aborted = 0 } = itemCounts ?? {};
    return { total, ended: succeeded + failed + timedOut + aborted };
  }
}

function planIn(event: HistoryEvent) {
  if (event.stateExitedEventDetails?.name !== "ListLibrary") return undefined;
  return syncStateSchema.safeParse(outputIn(event)).data?.sync ?? undefined;
}

/** Every state between TakeInput and FinishSync hands on what was recorded last. */
function recordedIn(event: HistoryEvent): { last: SyncProgress["recorded"] } | undefined {
  const state = syncStateSchema.safeParse(outputIn(event)).data;
  return state && { last: state.recorded };
}
