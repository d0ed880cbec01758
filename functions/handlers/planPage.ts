import { parseEvent } from "../export/events.ts";
import type { Services } from "../services.ts";
import { planPage } from "../sync/planPage.ts";
import { type Page, plannedStateSchema } from "../sync/state.ts";

export async function PlanPage(event: unknown, services: Services): Promise<Page> {
  const { sync, recorded } = parseEvent(plannedStateSchema, event);
  return planPage(sync, recorded?.next ?? 0, services);
}
