import { executionStateSchema, parseEvent } from "../export/events.ts";
import { finishItem } from "../export/finishItem.ts";
import type { Services } from "../services.ts";
import type { ExportReport } from "../workflow.ts";

export async function FinishItem(event: unknown, services: Services): Promise<ExportReport> {
  return finishItem(parseEvent(executionStateSchema, event), services);
}
