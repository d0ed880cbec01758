import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { milliseconds } from "./settings.ts";

/** What `npm run soak` runs. */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL("../..", import.meta.url)),
    include: ["test/soak/**/*.soak.ts"],
    // What was kept can only be told from what is about to be collected by collecting it.
    execArgv: ["--expose-gc"],
    hookTimeout: milliseconds + 300_000,
  },
});
