import { exportOrHandOver } from "../export/container.ts";
import { fileStateSchema, parseEvent } from "../export/events.ts";
import type { Services } from "../services.ts";
import type { TransferState } from "../workflow.ts";

export async function TransferFile(event: unknown, services: Services): Promise<TransferState> {
  return exportOrHandOver(parseEvent(fileStateSchema, event), services);
}
