import { EXPORT } from "../functions/executions/kinds.ts";
import { startExecution } from "../functions/executions/startAndStop.ts";
import { printable } from "../local/display/text.ts";
import { exportsOf, openDeployment } from "./deployment.ts";
import { exportSubject } from "./exportSubject.ts";
import { EXIT } from "./failure.ts";
import { checkIdempotencyKey } from "./idempotencyKey.ts";
import { readStart, type StartOptions } from "./startOptions.ts";
import type { Streams } from "./streams.ts";
import { watchSubject } from "./watch.ts";

/**
 * Starts an export in a deployment, and with `--watch` shows it until it has ended.
 * @param words what stands on the command line besides options
 * @returns the exit code
 */
export async function start(words: string[], options: StartOptions, streams: Streams): Promise<number> {
  const request = readStart(words, options);
  const key = checkIdempotencyKey(options.idempotencyKey);
  const { stdout, environment } = streams;
  using deployment = await openDeployment(options, environment);
  const started = await startExecution(EXPORT, exportsOf(deployment), request, key);
  if (options.json) stdout.write(`${JSON.stringify({ event: "started", ...started })}\n`);
  else stdout.write(`export ${printable(started.id)}\n`);
  return options.watch ? watchSubject(exportSubject(started.id, deployment), options, streams) : EXIT.success;
}
