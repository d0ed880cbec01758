import { fileStateSchema, parseEvent } from "../export/events.ts";
import { exportFile } from "../export/exportFile.ts";
import type { Services } from "../services.ts";
import type { TransferState } from "../workflow.ts";

export async function TransferFile(event: unknown, services: Services): Promise<TransferState> {
  return exportFile(parseEvent(fileStateSchema, event), services);
}
