import { isDeepStrictEqual } from "node:util";
import { IdempotencyKeyReused, InternalError } from "../errors.ts";
import type { Execution, ExecutionSummary, Executions } from "./executions.ts";
import type { Kind } from "./kinds.ts";

/**
 * Starts an execution. The same key again leads to the execution that it started first, whether that still runs or not.
 * @param key chosen by the client; absent: an execution of its own
 * @throws IdempotencyKeyReused when the key came with another input before
 */
export async function startExecution<Request>(
  kind: Kind<Request>,
  executions: Pick<Executions<Request, unknown>, "start" | "describe">,
  request: Request,
  key?: string,
): Promise<ExecutionSummary> {
  const id = kind.nameOf(request, key);
  const started = await executions.start(id, request);
  if (started !== undefined) return started;
  const earlier = await executions.describe(id);
  if (earlier === undefined) throw new InternalError(`The execution ${id} exists, but cannot be described`);
  if (isSameRequest(kind, earlier.input, request)) return summaryOf(earlier);
  throw new IdempotencyKeyReused(
    `The idempotency key ${JSON.stringify(key)} has already started the ${kind.word} ${id}, with another input: ` +
      "choose another key",
  );
}

/**
 * Stops an execution; one that has ended stays as it is.
 * @throws ExportNotFound, SyncNotFound
 */
export async function stopExecution<Request>(
  kind: Kind<Request>,
  executions: Pick<Executions<Request, unknown>, "stop" | "describe">,
  id: string,
  reason: string,
): Promise<ExecutionSummary> {
  const execution = await executions.describe(id);
  if (execution === undefined) throw kind.notFound(id);
  if (execution.state !== "RUNNING") return summaryOf(execution);
  await executions.stop(id, reason);
  return summaryOf((await executions.describe(id)) ?? execution);
}

/** The same in every case: neither the input nor the error, which are the status's to tell. */
function summaryOf({ id, state, startedAt, endedAt }: Execution): ExecutionSummary {
  return { id, state, startedAt, endedAt };
}

/** Defaults that were left out and defaults that were spelled out are the same. */
function isSameRequest<Request>({ input }: Kind<Request>, earlier: unknown, request: Request): boolean {
  return isDeepStrictEqual(input.safeParse(earlier).data, input.parse(request));
}
