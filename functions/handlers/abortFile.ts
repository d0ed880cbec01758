import { abortFile } from "../export/abortFile.ts";
import { failedFileSchema, parseEvent } from "../export/events.ts";
import type { Services } from "../services.ts";
import type { FileError } from "../workflow.ts";

export async function AbortFile(event: unknown, services: Services): Promise<FileError> {
  return abortFile(parseEvent(failedFileSchema, event), services);
}
