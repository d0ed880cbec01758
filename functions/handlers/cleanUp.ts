import type { CleanedUp } from "../cleanup/cleanedUp.ts";
import { type CleanUpServices, cleanUpExecution } from "../cleanup/cleanUpExecution.ts";
import { parseEvent } from "../export/events.ts";
import { cleanUpRequestSchema } from "./cleanUpRequest.ts";

export async function CleanUp(event: unknown, services: CleanUpServices): Promise<CleanedUp> {
  return cleanUpExecution(parseEvent(cleanUpRequestSchema, event), services);
}
