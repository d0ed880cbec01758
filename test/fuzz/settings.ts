import * as z from "zod";

/** The same in every run that is not told otherwise, so that CI fails for what was changed and not by chance. */
const DEFAULT_SEED = 20_260_101;
const DEFAULT_RUNS = 300;

const settings = z
  .object({
    FUZZ_SEED: z.coerce.number().int().default(DEFAULT_SEED),
    FUZZ_RUNS: z.coerce.number().int().positive().default(DEFAULT_RUNS),
  })
  .parse(process.env);

export const seed = settings.FUZZ_SEED;
/** Documents that a property is tried with. */
export const runs = settings.FUZZ_RUNS;
/** How much longer than usual everything may take. */
export const scale = Math.max(1, runs / DEFAULT_RUNS);

/** For properties that cost more, or less, than most: a share of the runs. */
export function share(part: number): { numRuns: number } {
  return { numRuns: Math.max(1, Math.round(runs * part)) };
}
