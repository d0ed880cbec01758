import * as z from "zod";
import { normalizePrefix } from "../catalog/keys.ts";
import { InvalidInput } from "../errors.ts";
import type { Execution, ExecutionSummary, Executions, SyncExecutions } from "../executions/executions.ts";
import { type Run, recordsOf } from "../export/run.ts";
import type { Services } from "../services.ts";
import { finishSync } from "../sync/finishSync.ts";
import { syncInputSchema } from "../sync/input.ts";
import { openSyncRecords } from "../sync/records.ts";
import { type CleanedUp, type CleanUpRequest, isCutOff, NOTHING_TO_DO, nameIn } from "./cleanedUp.ts";

export type CleanUpSyncServices = Services & {
  executions: Pick<Executions, "describe" | "list" | "stop">;
  syncs: Pick<SyncExecutions, "describe" | "progress">;
};

type Place = Omit<Run, "vcenter">;

/**
 * Finishes a sync that was cut off: stops the exports that it has started, which are cleaned up as any that are stopped,
 * brings the index up to date for the pages that are done, writes the report, and removes the sync's pages. Step
 * Functions stops what a stopped execution has started as well as it can; the first time, a marker tells what goes on
 * all the same to start nothing more.
 * @throws DeploymentUnavailable, DeploymentDenied, and the errors of the destination
 */
export async function cleanUpSync(
  { executionArn, again }: CleanUpRequest,
  services: CleanUpSyncServices,
): Promise<CleanedUp> {
  const run = nameIn(executionArn);
  const execution = await services.syncs.describe(run);
  if (execution === undefined || execution.state === "RUNNING") return NOTHING_TO_DO;
  const { sync, recorded, report } = await services.syncs.progress(execution);
  const place = sync ?? placeOf(execution, services);
  if (!isCutOff(execution, { report })) {
    // It has removed its pages itself, unless the bucket was out of reach just then.
    await removeRecords(place, services);
    return NOTHING_TO_DO;
  }
  await markStopped(place, services);
  await stopExports(executionArn, services);
  if (again) {
    await removeRecords(place, services);
    return { cutOff: true, notice: null };
  }
  const { name, message } = execution.error ?? { name: "Stopped", message: "The sync was stopped" };
  const failure = { Error: name, Cause: message };
  const state = { run, input: execution.input, sync, page: null, results: [], recorded, failure };
  const detail = { execution: executionArn, ...(await finishSync(state, services)) };
  // It went with the pages.
  await markStopped(place, services);
  return { cutOff: true, notice: { detailType: "Sync Failed", detail } };
}

async function markStopped(place: Place | null, services: Services): Promise<void> {
  if (place !== null) await recordsOf(place, services).markStopped();
}

async function removeRecords(place: Place | null, services: Services): Promise<void> {
  if (place === null) return;
  await openSyncRecords(place, services).clear();
  await recordsOf(place, services).clear();
}

/**
 * Where ListLibrary writes its pages, of which nobody tells before it has ended. Null where it wrote none: the input is
 * not valid, or names a bucket that is not the deployment's.
 */
function placeOf({ id, input }: Execution, { settings }: Services): Place | null {
  const { destination } = syncInputSchema.safeParse(input).data ?? {};
  const bucket = destination?.bucket ?? settings.defaultBucket;
  if (destination === undefined || bucket === undefined) return null;
  if (![...settings.allowedBuckets, settings.defaultBucket].includes(bucket)) return null;
  try {
    const prefix = normalizePrefix(destination.prefix ?? settings.defaultPrefix, "destination.prefix");
    return { bucket, prefix, run: id };
  } catch (error) {
    if (error instanceof InvalidInput) return null;
    throw error;
  }
}

const startedBySchema = z.object({ AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: z.string() });

async function stopExports(executionArn: string, { executions, log }: CleanUpSyncServices): Promise<void> {
  for await (const { id } of running(executions)) {
    const startedBy = startedBySchema.safeParse((await executions.describe(id))?.input).data;
    if (startedBy?.AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID !== executionArn) continue;
    log.info("An export goes on after the sync that has started it: stopping it", { run: id });
    await executions.stop(id, "The sync that has started the export was stopped");
  }
}

const EXECUTIONS_A_PAGE = 100;

async function* running(executions: Pick<Executions, "list">): AsyncGenerator<ExecutionSummary> {
  let pageToken: string | null | undefined;
  while (pageToken !== null) {
    const page = await executions.list({
      state: "RUNNING",
      limit: EXECUTIONS_A_PAGE,
      ...(pageToken && { pageToken }),
    });
    yield* page?.executions ?? [];
    pageToken = page?.next ?? null;
  }
}
