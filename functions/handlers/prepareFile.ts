import { fileStateSchema, parseEvent } from "../export/events.ts";
import { prepareFile } from "../export/prepareFile.ts";
import type { Services } from "../services.ts";
import type { PreparedFile } from "../workflow.ts";

export async function PrepareFile(event: unknown, services: Services): Promise<PreparedFile> {
  return prepareFile(parseEvent(fileStateSchema, event), services);
}
