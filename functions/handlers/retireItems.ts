import { parseEvent } from "../export/events.ts";
import type { Services } from "../services.ts";
import { retireItems } from "../sync/retireItems.ts";
import { pageStateSchema } from "../sync/state.ts";

export async function RetireItems(event: unknown, services: Services): Promise<Record<string, never>> {
  const { sync, page } = parseEvent(pageStateSchema, event);
  await retireItems(sync, page, services);
  return {};
}
