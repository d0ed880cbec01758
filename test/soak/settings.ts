import * as z from "zod";

const { SOAK_MINUTES, SOAK_SEED, SOAK_EXPORTS } = z
  .object({
    SOAK_MINUTES: z.coerce.number().positive().default(3),
    SOAK_SEED: z.coerce.number().int().default(1),
    SOAK_EXPORTS: z.coerce.number().int().min(1).max(50).default(6),
  })
  .parse(process.env);

/** How long exports are started. */
export const milliseconds = SOAK_MINUTES * 60_000;
export const seed = SOAK_SEED;
export const sideBySide = SOAK_EXPORTS;
