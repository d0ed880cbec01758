import * as z from "zod";
import { toFileError } from "../export/failure.ts";
import { recordsOf } from "../export/run.ts";
import type { Services } from "../services.ts";
import type { FileError } from "../workflow.ts";
import type { SyncPlan } from "./state.ts";

/** Characters: the results of all items of a page share one payload of 256 KiB. */
const MAX_MESSAGE_LENGTH = 200;

/** Why an item's export failed, in short. A refused log-in is noted, so that no later item tries it again. */
export async function explainFailure(
  sync: SyncPlan,
  failure: { Error: string; Cause: string },
  services: Services,
): Promise<FileError> {
  const error = readFailure(failure);
  if (error.name === "LoginRefused") await recordsOf(sync, services).markLoginRefused();
  return error;
}

/**
 * A nested execution that fails arrives as States.TaskFailed, whose Cause is the description of that execution as
 * JSON; the error of a function, or of Step Functions itself, is there as well.
 */
export function readFailure(failure: { Error: string; Cause: string }): FileError {
  return toFileError(nestedFailure(failure.Cause) ?? failure, MAX_MESSAGE_LENGTH);
}

const executionSchema = z.object({
  Status: z.string(),
  Error: z.string().optional(),
  Cause: z.string().optional(),
});

function nestedFailure(cause: string): { Error: string; Cause: string } | undefined {
  let value: unknown;
  try {
    value = JSON.parse(cause);
  } catch {
    return cutOff(cause);
  }
  const execution = executionSchema.safeParse(value).data;
  if (execution === undefined) return undefined;
  const { Status, Error: name = `States.${Status}`, Cause = `The export ended as ${Status}` } = execution;
  return { Error: name, Cause };
}

/** A Cause has at most 32,768 characters, and the execution's input and output stand in it as well. */
function cutOff(cause: string): { Error: string; Cause: string } | undefined {
  const [, name] = /"Error":"([A-Za-z.]+)"/.exec(cause) ?? [];
  return name === undefined ? undefined : { Error: name, Cause: "The export failed: its execution says why" };
}
