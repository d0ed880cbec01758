import type { CleanedUp } from "../cleanup/cleanedUp.ts";
import { type CleanUpSyncServices, cleanUpSync } from "../cleanup/cleanUpSync.ts";
import { parseEvent } from "../export/events.ts";
import { cleanUpRequestSchema } from "./cleanUpRequest.ts";

export async function CleanUpSync(event: unknown, services: CleanUpSyncServices): Promise<CleanedUp> {
  return cleanUpSync(parseEvent(cleanUpRequestSchema, event), services);
}
