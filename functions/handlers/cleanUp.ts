import { z } from "zod";
import { type CleanedUp, type CleanUpServices, cleanUpExecution } from "../cleanup/cleanUpExecution.ts";
import { parseEvent } from "../export/events.ts";

const requestSchema = z.object({ executionArn: z.string().min(1), again: z.boolean() });

export async function CleanUp(event: unknown, services: CleanUpServices): Promise<CleanedUp> {
  return cleanUpExecution(parseEvent(requestSchema, event), services);
}
