import { isDeepStrictEqual } from "node:util";
import { ExportNotFound, IdempotencyKeyReused, InternalError } from "../errors.ts";
import { executionName, keyedExecutionName } from "../executionName.ts";
import { type ExportRequest, exportInputSchema } from "../input.ts";
import type { ExecutionSummary, Executions } from "./executions.ts";

/**
 * Starts an export. The same key again leads to the execution that it started first, whether that still runs or not.
 * @param key chosen by the client; absent: an execution of its own
 * @throws IdempotencyKeyReused when the key came with another input before
 */
export async function startExport(
  executions: Executions,
  request: ExportRequest,
  key?: string,
): Promise<ExecutionSummary> {
  const id = key === undefined ? executionName(request) : keyedExecutionName(key);
  const started = await executions.start(id, request);
  if (started !== undefined) return started;
  const earlier = await executions.describe(id);
  if (earlier === undefined) throw new InternalError(`The execution ${id} exists, but cannot be described`);
  if (sameRequest(earlier.input, request)) return earlier;
  throw new IdempotencyKeyReused(
    `The idempotency key ${JSON.stringify(key)} has already started the export ${id}, with another input: ` +
      "choose another key",
  );
}

/**
 * Stops an export; one that has ended stays as it is.
 * @throws ExportNotFound
 */
export async function stopExport(
  executions: Executions,
  id: string,
  reason: string,
): Promise<ExecutionSummary> {
  const execution = await executions.describe(id);
  if (execution === undefined) throw noSuchExport(id);
  if (execution.state !== "RUNNING") return execution;
  await executions.stop(id, reason);
  return (await executions.describe(id)) ?? execution;
}

export function noSuchExport(id: string): ExportNotFound {
  return new ExportNotFound(
    `There is no export "${id}", or it ended more than 90 days ago: list the exports`,
  );
}

/** Defaults that were left out and defaults that were spelled out are the same. */
function sameRequest(earlier: unknown, request: ExportRequest): boolean {
  return isDeepStrictEqual(exportInputSchema.safeParse(earlier).data, exportInputSchema.parse(request));
}
