import { parseEvent, startSchema } from "../export/events.ts";
import { resolveItem } from "../export/resolveItem.ts";
import type { Services } from "../services.ts";
import type { ResolvedItem } from "../workflow.ts";

export async function ResolveItem(event: unknown, services: Services): Promise<ResolvedItem> {
  const { run, input } = parseEvent(startSchema, event);
  return resolveItem(run, input, services);
}
