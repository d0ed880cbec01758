import * as z from "zod";
import { hasEnded, type RunRecord } from "../catalog/runRecords.ts";
import { ContainerFailed, FileTooLargeForSource, InternalError, Stopped } from "../errors.ts";
import type { Services } from "../services.ts";
import type { FileError, FilePlan, FileState, ItemPlan, TransferState } from "../workflow.ts";
import { type Failure, fileResultSchema, fileStateSchema, parseEvent } from "./events.ts";
import { exportFile } from "./exportFile.ts";
import { openFileRecord } from "./fileRecord.ts";
import { exportedBefore } from "./fileResult.ts";
import { type Run, recordsOf } from "./run.ts";

/**
 * TransferFile's work. A file that no invocation can move is left in its run record for a container to take, where
 * the deployment has that route; the error then only tells the state machine to start one.
 * @throws FileTooLargeForSource, and the errors of `exportFile`
 */
export async function exportOrHandOver(state: FileState, services: Services): Promise<TransferState> {
  try {
    return await exportFile(state, services);
  } catch (error) {
    if (error instanceof FileTooLargeForSource && state.item.containerRoute) {
      const record = await openFileRecord(state, services);
      await record.update({ container: { state, outcome: null } });
    }
    throw error;
  }
}

/**
 * The container's work: moves the file that was handed over and leaves its result, or its error, in the run record.
 * Step Functions learns nothing of a task but that it has ended. A task that is started again after that does nothing,
 * and one that was given up meanwhile, for its time-out or with the whole execution, has nobody to tell.
 * @throws InternalError when nothing was handed over; the errors of S3 when the outcome cannot be stored
 */
export async function moveHandedOver(
  run: Omit<Run, "vcenter">,
  index: number,
  services: Services,
): Promise<void> {
  const records = recordsOf(run, services);
  const found = await records.read(index);
  const handedOver = found?.container;
  if (found === undefined || handedOver === undefined) {
    throw new InternalError(`File ${index} of the run "${run.run}" was not handed over to a container`);
  }
  if (handedOver.outcome !== null || hasEnded(found)) return;
  const state = parseEvent(fileStateSchema, handedOver.state);
  const record = await openFileRecord(state, services);
  const outcome = await outcomeOf(state, services);
  try {
    await record.update({ container: { state, outcome } });
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
  }
}

/**
 * What became of the file: what the container left, or, where it left no word that can be read, the object that it has
 * published all the same.
 * @throws an error with the name and the message of the container's own
 * @throws ContainerFailed when it left nothing
 * @throws InternalError when what it left is not to be read, or is of another file
 */
export async function readContainerResult(
  { item, file, failure }: { item: ItemPlan; file: FilePlan; failure: Failure },
  services: Services,
): Promise<TransferState> {
  let outcome: NonNullable<RunRecord["container"]>["outcome"] = null;
  let unreadable: InternalError | undefined;
  try {
    outcome = (await recordsOf(item, services).read(file.index))?.container?.outcome ?? null;
  } catch (error) {
    if (!(error instanceof InternalError)) throw error;
    unreadable = error;
  }
  if (outcome === null) {
    const published = await exportedBefore({ item, file }, services);
    if (published !== undefined) return published;
    if (unreadable !== undefined) throw unreadable;
    throw new ContainerFailed(
      `The container task that moved the file "${file.name}" ended without a result (${reasonOf(failure)}): ` +
        "look at the task's log, and start the export again",
    );
  }
  if (outcome.error !== null) throw asThrown(outcome.error);
  const result = parseEvent(fileResultSchema, outcome.result);
  if (result.index !== file.index || result.key !== file.key) {
    throw new InternalError(
      `The container that moved the file "${file.name}" left the result of "${result.name}"`,
    );
  }
  return { done: true, cursor: null, result };
}

async function outcomeOf(state: FileState, services: Services) {
  try {
    let { transfer } = state;
    do transfer = await exportFile({ ...state, transfer }, services);
    while (!transfer.done);
    return { result: transfer.result, error: null };
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new InternalError(String(error));
    services.log.warn("The file could not be moved", { file: state.file.name, error: `${name}: ${message}` });
    return { result: null, error: { name, message } };
  }
}

/** The state machine goes by the name. */
function asThrown({ name, message }: FileError): Error {
  return Object.assign(new Error(message), { name });
}

/** The part of ECS's description of a stopped task that says why. */
const stoppedTaskSchema = z.object({
  StoppedReason: z.string().optional(),
  Containers: z.array(z.object({ ExitCode: z.number().nullish(), Reason: z.string().nullish() })).default([]),
});

function reasonOf({ Error: name, Cause }: Failure): string {
  // The error that led to the container: the task itself did not fail.
  if (name === "FileTooLargeForSource") return "it ended without an error";
  const { StoppedReason, Containers } = stoppedTask(Cause) ?? { StoppedReason: Cause, Containers: [] };
  const reasons = [
    StoppedReason,
    ...Containers.flatMap(({ ExitCode, Reason }) => [Reason, ExitCode != null && `exit code ${ExitCode}`]),
  ];
  return [name, ...reasons].filter(Boolean).join(", ");
}

function stoppedTask(cause: string) {
  try {
    return stoppedTaskSchema.safeParse(JSON.parse(cause)).data;
  } catch {
    return undefined;
  }
}
