import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** `npm run test:faults`. With `--update`, docs/faults is written anew from what is seen. */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL("../..", import.meta.url)),
    include: ["test/faults/**/*.faults.ts"],
    // A scenario waits more than it works.
    maxConcurrency: 4,
    testTimeout: 30_000,
  },
});
