import { parseEvent } from "../export/events.ts";
import type { Services } from "../services.ts";
import { explainFailure } from "../sync/explainFailure.ts";
import { failedItemSchema } from "../sync/state.ts";
import type { FileError } from "../workflow.ts";

export async function ExplainFailure(event: unknown, services: Services): Promise<FileError> {
  const { sync, failure } = parseEvent(failedItemSchema, event);
  return explainFailure(sync, failure, services);
}
