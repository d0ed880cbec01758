import type { RunRecord } from "../catalog/runRecords.ts";
import { CleanUpIncomplete } from "../errors.ts";
import type { Execution, ExecutionProgress, Executions } from "../executions/executions.ts";
import { cleanUpFiles, cleanUpRun } from "../export/cleanUp.ts";
import { type ExportEnded, identifyItem } from "../export/exportEnded.ts";
import { recordsOf } from "../export/run.ts";
import type { Services } from "../services.ts";
import type { ExportCounts } from "../workflow.ts";
import { type CleanedUp, type CleanUpRequest, isCutOff, NOTHING_TO_DO, nameIn } from "./cleanedUp.ts";

export type CleanUpServices = Services & { executions: Pick<Executions, "describe" | "progress"> };

/**
 * Removes what an execution that has ended left in S3 and in vCenter, by its run records. A stop does not reach a
 * function that is running: the first time such an execution is cleaned up, a marker tells its functions to open and
 * publish nothing more, and what cannot be removed is left to the second time.
 * @throws CleanUpIncomplete the second time; DeploymentUnavailable and the errors of the destination
 */
export async function cleanUpExecution(
  { executionArn, again }: CleanUpRequest,
  services: CleanUpServices,
): Promise<CleanedUp> {
  const id = nameIn(executionArn);
  const execution = await services.executions.describe(id);
  // One that was redriven needs its files.
  if (execution === undefined || execution.state === "RUNNING") return NOTHING_TO_DO;
  const progress = await services.executions.progress(execution);
  const cutOff = isCutOff(execution, progress);
  // Nothing is opened before the item is resolved, and nothing at all by a dry run.
  const run = progress.resolved?.item.dryRun === false ? progress.resolved.item : null;

  if (cutOff && !again) {
    let records: RunRecord[] = [];
    if (run !== null) {
      await recordsOf(run, services).markStopped();
      records = await recordsOf(run, services).list();
      await cleanUpFiles(run, services);
    }
    const detail = noticeOf(executionArn, execution, progress, records);
    return { cutOff, notice: { detailType: "Export Failed", detail } };
  }
  const left = run === null ? [] : await cleanUpRun(run, services);
  if (left.length > 0) {
    throw new CleanUpIncomplete(
      `Of the execution ${id}, something is left of ${left.map((name) => JSON.stringify(name)).join(", ")}: ` +
        "an upload, a staging object or a download session. The function's log tells why",
    );
  }
  return { cutOff, notice: null };
}

function noticeOf(
  executionArn: string,
  { input, error }: Execution,
  { resolved }: ExecutionProgress,
  records: RunRecord[],
): ExportEnded {
  return {
    execution: executionArn,
    ...identifyItem(resolved?.item ?? null, input),
    status: "FAILED",
    counts: countFiles(resolved, records),
    manifest: null,
    error,
  };
}

/** Whatever was neither exported nor unchanged at the stop has failed with it. */
function countFiles(resolved: ExecutionProgress["resolved"], records: RunRecord[]): ExportCounts {
  const files = resolved?.files ?? [];
  const exported = records.filter(({ state }) => state === "EXPORTED");
  const unchanged = files.filter(({ action }) => action === "UNCHANGED").length;
  return {
    exported: exported.length,
    unchanged,
    failed: files.length - exported.length - unchanged,
    bytes: exported.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}
