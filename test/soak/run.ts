import { runVitest } from "../runVitest.ts";

/**
 * `npm run soak`. `--minutes` is how long exports are started, `--seed` which faults they meet, and `--exports` how
 * many run side by side.
 */
await runVitest("test/soak/vitest.config.ts", {
  "--minutes": "SOAK_MINUTES",
  "--seed": "SOAK_SEED",
  "--exports": "SOAK_EXPORTS",
});
