import { completeFile } from "../export/endFile.ts";
import { fileStateSchema, parseEvent } from "../export/events.ts";
import type { Services } from "../services.ts";

export async function CompleteFile(event: unknown, services: Services): Promise<Record<string, never>> {
  await completeFile(parseEvent(fileStateSchema, event), services);
  return {};
}
