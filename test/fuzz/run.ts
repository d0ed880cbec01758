import { runVitest } from "../runVitest.ts";

/**
 * `npm run fuzz`. `--seed` and `--runs` say which documents the parsers get, and how many for each property; all other
 * options are vitest's, such as `-t` for one property.
 */
await runVitest("test/fuzz/vitest.config.ts", { "--seed": "FUZZ_SEED", "--runs": "FUZZ_RUNS" });
