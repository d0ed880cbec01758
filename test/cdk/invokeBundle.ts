import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";

/**
 * Does what Lambda does with a bundle: `node invokeBundle.ts <file>` invokes its handler with the event on standard
 * input. The last line of the output is `{ result }`, or the error as Lambda reports it.
 */
const [, , file = ""] = process.argv;
const { handler } = await import(pathToFileURL(file).href);
const event: unknown = JSON.parse(await text(process.stdin));
const context = {
  awsRequestId: crypto.randomUUID(),
  functionName: "bundle",
  getRemainingTimeInMillis: () => 900_000,
};
try {
  answer({ result: await handler(event, context) });
} catch (error) {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  answer({ errorType: name, errorMessage: message });
}

function answer(value: unknown): void {
  // Idle connections to S3 would keep the process, which Lambda freezes instead.
  process.stdout.write(`${JSON.stringify(value)}\n`, () => process.exit());
}
