import { type SweepServices, sweepRuns } from "../cleanup/sweepRuns.ts";

/** Called by a schedule, whatever that passes on. */
export async function SweepRuns(_event: unknown, services: SweepServices): Promise<string[]> {
  return sweepRuns(services);
}
