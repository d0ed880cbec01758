import { defineConfig } from "vitest/config";

/** The tests that `npm run mutation` asks: those of the folders that it changes. */
export default defineConfig({
  test: {
    include: ["test/transfer/**/*.test.ts", "test/vsphere/**/*.test.ts"],
    // Many a mutant of a source waits for bytes that never come.
    testTimeout: 10_000,
  },
});
