import { parseEvent, startSchema } from "../export/events.ts";
import type { Services } from "../services.ts";
import { listLibrary } from "../sync/listLibrary.ts";
import type { SyncPlan } from "../sync/state.ts";

export async function ListLibrary(event: unknown, services: Services): Promise<SyncPlan> {
  const { run, input } = parseEvent(startSchema, event);
  return listLibrary(run, input, services);
}
