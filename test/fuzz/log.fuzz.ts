import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import fc from "fast-check";
import { expect, test } from "vitest";
import { runs, seed } from "./settings.ts";
import { anyText } from "./text.ts";

/** Writes a line for each pair of a message and a field's value that it reads. */
const PROGRAM = `
  import { text } from "node:stream/consumers";
  import { jsonLogger } from "${new URL("../../functions/lambda/jsonLogger.ts", import.meta.url)}";
  const log = jsonLogger({ function: "TransferFile" });
  for (const [message, value] of JSON.parse(await text(process.stdin))) log.info(message, { value });
`;

test("a log line is one line of JSON with its message and its field, whatever they hold", async () => {
  // Powertools leaves out what is empty.
  const wellFormed = anyText.map((text) => `x${text.toWellFormed()}`);
  const value = fc.oneof(wellFormed, fc.record({ name: wellFormed, list: fc.array(wellFormed) }));
  const pairs = fc.sample(fc.tuple(wellFormed, value), { seed, numRuns: runs });
  const child = spawn(process.execPath, ["--input-type=module", "-e", PROGRAM], {
    env: { AWS_REGION: "us-east-1", POWERTOOLS_SERVICE_NAME: "library-export-fuzz" },
  });
  child.stdin.end(JSON.stringify(pairs));
  const lines = (await text(child.stdout)).trimEnd().split("\n");
  expect(lines).toHaveLength(pairs.length);
  for (const [index, line] of lines.entries()) {
    const [message, value] = pairs[index] ?? [];
    expect(JSON.parse(line)).toMatchObject({ level: "INFO", function: "TransferFile", message, value });
  }
});
