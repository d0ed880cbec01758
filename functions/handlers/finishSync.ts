import { parseEvent } from "../export/events.ts";
import type { Services } from "../services.ts";
import { finishSync } from "../sync/finishSync.ts";
import type { SyncReport } from "../sync/report.ts";
import { syncStateSchema } from "../sync/state.ts";

export async function FinishSync(event: unknown, services: Services): Promise<SyncReport> {
  return finishSync(parseEvent(syncStateSchema, event), services);
}
