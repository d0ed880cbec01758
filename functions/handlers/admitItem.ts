import { parseEvent } from "../export/events.ts";
import type { ExportInput } from "../input.ts";
import type { Services } from "../services.ts";
import { admitItem } from "../sync/admitItem.ts";
import { itemStateSchema } from "../sync/state.ts";

export async function AdmitItem(event: unknown, services: Services): Promise<{ input: ExportInput }> {
  const { sync, item, execution } = parseEvent(itemStateSchema, event);
  return admitItem(sync, item, execution, services);
}
