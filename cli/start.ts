import { idempotencyKeySchema } from "../functions/api/schemas.ts";
import { InvalidInput } from "../functions/errors.ts";
import { EXPORT } from "../functions/executions/kinds.ts";
import { startExecution } from "../functions/executions/startAndStop.ts";
import { printable } from "../local/display/text.ts";
import { openDeployment } from "./deployment.ts";
import { EXIT } from "./failure.ts";
import { readStart, type StartOptions } from "./startOptions.ts";
import type { Streams } from "./streams.ts";
import { watchExport } from "./watch.ts";

/**
 * Starts an export in a deployment, and with `--watch` shows it until it has ended.
 * @param words what stands on the command line besides options
 * @returns the exit code
 */
export async function start(words: string[], options: StartOptions, streams: Streams): Promise<number> {
  const request = readStart(words, options);
  const { idempotencyKey: key } = options;
  if (key !== undefined && !idempotencyKeySchema.safeParse(key).success) {
    throw new InvalidInput("--idempotency-key must be 1 to 255 visible ASCII characters, without blanks.");
  }
  const { stdout, environment } = streams;
  using deployment = await openDeployment(options, environment);
  const started = await startExecution(EXPORT, deployment.executions, request, key);
  if (options.json) stdout.write(`${JSON.stringify({ event: "started", ...started })}\n`);
  else stdout.write(`export ${printable(started.id)}\n`);
  return options.watch ? watchExport(started.id, deployment, options, streams) : EXIT.success;
}
