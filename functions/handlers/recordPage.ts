import { parseEvent } from "../export/events.ts";
import type { Services } from "../services.ts";
import { recordPage } from "../sync/recordPage.ts";
import { pageStateSchema, type Recorded } from "../sync/state.ts";

export async function RecordPage(event: unknown, services: Services): Promise<Recorded> {
  return recordPage(parseEvent(pageStateSchema, event), services);
}
