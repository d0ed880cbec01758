import { SYNC } from "../functions/executions/kinds.ts";
import { startExecution } from "../functions/executions/startAndStop.ts";
import { jsonLine, printable } from "../local/display/text.ts";
import { openDeployment, syncsOf } from "./deployment.ts";
import { EXIT } from "./failure.ts";
import { checkIdempotencyKey } from "./idempotencyKey.ts";
import { readStartSync, type StartSyncOptions } from "./startSyncOptions.ts";
import type { Streams } from "./streams.ts";
import { syncSubject } from "./syncSubject.ts";
import { watchSubject } from "./watch.ts";

/**
 * Starts a sync in a deployment, and with `--watch` shows it until it has ended.
 * @param words what stands on the command line besides options
 * @returns the exit code
 */
export async function startSync(
  words: string[],
  options: StartSyncOptions,
  streams: Streams,
): Promise<number> {
  const request = readStartSync(words, options);
  const key = checkIdempotencyKey(options.idempotencyKey);
  const { stdout, environment } = streams;
  using deployment = await openDeployment(options, environment);
  const syncs = syncsOf(deployment);
  const started = await startExecution(SYNC, syncs, request, key);
  if (options.json) stdout.write(jsonLine({ event: "started", ...started }));
  else stdout.write(`sync ${printable(started.id)}\n`);
  if (!options.watch) return EXIT.success;
  return watchSubject(syncSubject(started.id, syncs, deployment.s3), options, streams);
}
