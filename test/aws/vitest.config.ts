import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { awsTestSettings } from "./settings.ts";

/** `npm run test:aws`: opt-in, never run by CI. */
const settings = awsTestSettings(process.env);
if (typeof settings === "string") {
  console.error(settings);
  process.exit(2);
}

export default defineConfig({
  test: {
    root: fileURLToPath(new URL("../..", import.meta.url)),
    include: [
      "test/aws/s3.aws.ts",
      "test/aws/export.aws.ts",
      ...(settings.stack ? ["test/aws/stack.aws.ts"] : []),
    ],
    maxWorkers: 1,
    testTimeout: 3_600_000,
    hookTimeout: 300_000,
  },
});
