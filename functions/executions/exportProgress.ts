import type { HistoryEvent } from "@aws-sdk/client-sfn";
import { executionStateSchema, reportSchema } from "../export/events.ts";
import type { Execution, ExecutionProgress } from "./executions.ts";
import { type FindInHistory, keeping, outputIn } from "./history.ts";

/** Reads from the histories of exports what they have decided and done. */
export function exportProgress(find: FindInHistory): (execution: Execution) => Promise<ExecutionProgress> {
  const resolvedOf = keeping((id) => find(id, "first", resolvedIn));
  return async (execution) => {
    const ended = execution.state === "SUCCEEDED" || execution.state === "FAILED";
    return {
      resolved: await resolvedOf(execution),
      report: ended ? await find(execution.id, "last", reportIn) : null,
    };
  };
}

function resolvedIn(event: HistoryEvent) {
  if (event.stateExitedEventDetails?.name !== "ResolveItem") return undefined;
  return executionStateSchema.safeParse(outputIn(event)).data?.resolved ?? undefined;
}

/** FinishItem's output, or what stands in its place when it failed: every state after it hands it on. */
function reportIn(event: HistoryEvent) {
  return reportSchema.safeParse(outputIn(event)).data;
}
