import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { scale } from "./settings.ts";

/** What `npm run fuzz` runs. */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL("../..", import.meta.url)),
    include: ["test/fuzz/**/*.fuzz.ts"],
    setupFiles: ["test/fuzz/setup.ts"],
    // What takes as long as this hangs.
    testTimeout: 120_000 * scale,
  },
});
