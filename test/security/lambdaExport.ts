import { text } from "node:stream/consumers";
import type { LambdaHandler } from "../../functions/lambda/lambdaHandler.ts";
import type { PreparedFile, ResolvedItem, TransferState } from "../../functions/workflow.ts";

/**
 * Exports a file as Lambda would: `node lambdaExport.ts` takes the export's input on standard input, and invokes the
 * functions one after the other, each with what the one before returned. What it prints is what goes to CloudWatch Logs.
 */
const input: unknown = JSON.parse(await text(process.stdin));

async function invoke<Result>(name: string, event: unknown): Promise<Result> {
  const { handler }: { handler: LambdaHandler } = await import(`../../functions/lambda/${name}.ts`);
  const context = {
    awsRequestId: crypto.randomUUID(),
    functionName: name,
    getRemainingTimeInMillis: () => 900_000,
  };
  try {
    return (await handler(event, context)) as Result; // as the next state reads it
  } catch (error) {
    // Lambda's runtime logs what a function throws.
    console.error(error);
    throw error;
  }
}

const run = "by-lambda";
const resolved = await invoke<ResolvedItem>("resolveItem", { run, input });
const [file] = resolved.files;
const state = { item: resolved.item, file, transfer: { done: false, cursor: null, result: null } };
const session = await invoke<PreparedFile>("prepareFile", { ...state, session: null });
const prepared = { ...state, session: await invoke<PreparedFile>("pollFile", { ...state, session }) };
let results: unknown[] = [];
try {
  const transfer = await invoke<TransferState>("transferFile", prepared);
  await invoke("completeFile", { ...prepared, transfer });
  results = [transfer.result];
} catch (error) {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  await invoke("abortFile", { ...prepared, failure: { Error: name, Cause: message } });
}
await invoke("finishItem", { run, input, resolved, results, failure: null });
// Idle connections to S3 would keep the process, which Lambda freezes instead.
process.exit();
