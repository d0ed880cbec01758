import { readContainerResult } from "../export/container.ts";
import { failedFileSchema, parseEvent } from "../export/events.ts";
import type { Services } from "../services.ts";
import type { TransferState } from "../workflow.ts";

export async function ReadContainerResult(event: unknown, services: Services): Promise<TransferState> {
  return readContainerResult(parseEvent(failedFileSchema, event), services);
}
