import { parseEvent, preparingFileSchema } from "../export/events.ts";
import { pollFile } from "../export/prepareFile.ts";
import type { Services } from "../services.ts";
import type { PreparedFile } from "../workflow.ts";

export async function PollFile(event: unknown, services: Services): Promise<PreparedFile> {
  return pollFile(parseEvent(preparingFileSchema, event), services);
}
