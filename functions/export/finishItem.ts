import type { Services } from "../services.ts";
import type { ExportCounts, ExportReport, ItemPlan, ObjectLocation } from "../workflow.ts";
import { cleanUpRun } from "./cleanUp.ts";
import type { ExecutionState } from "./events.ts";
import { identifyItem } from "./exportEnded.ts";
import { describeError, toFileError } from "./failure.ts";
import { recordFiles } from "./recordFiles.ts";
import {
  combineErrors,
  countFiles,
  MAX_REPORT_MESSAGE_LENGTH,
  overallStatus,
  settleFiles,
} from "./report.ts";

/**
 * Ends an export: every file has a result afterwards, the manifest says what is true, nothing that the execution
 * opened is left, and the report tells all of it. It reports failures, its own as well, instead of throwing them.
 */
export async function finishItem(state: ExecutionState, services: Services): Promise<ExportReport> {
  const { resolved } = state;
  if (resolved === null) return unresolved(state);
  const { item } = resolved;
  const files = settleFiles(resolved, state.results, state.failure);
  let manifest: ObjectLocation | null = null;
  let manifestError: ExportReport["error"] = null;
  if (!item.dryRun) {
    try {
      manifest = await recordFiles(item, resolved.files, files, services);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      manifestError = describeError(error);
    }
    await cleanUp(item, services);
  }
  const error = combineErrors(files) ?? manifestError;
  const counts = countFiles(files);
  measure(counts, services);
  return {
    ...identifyItem(item, state.input),
    status: overallStatus(files, error),
    counts,
    manifest,
    files,
    error,
  };
}

function measure({ exported, unchanged, failed, bytes }: ExportCounts, { metrics }: Services): void {
  metrics?.add("FilesExported", exported);
  metrics?.add("FilesUnchanged", unchanged);
  metrics?.add("FilesFailed", failed);
  metrics?.add("BytesExported", bytes);
}

async function cleanUp(item: ItemPlan, services: Services): Promise<void> {
  try {
    await cleanUpRun(item, services);
  } catch (error) {
    services.log.warn("The run's records could not be removed", { run: item.run, error: String(error) });
  }
}

/** The report of an export whose item was not found. */
function unresolved({ input, failure }: ExecutionState): ExportReport {
  return {
    ...identifyItem(null, input),
    status: "FAILED",
    counts: countFiles([]),
    manifest: null,
    files: [],
    error:
      failure === null
        ? { name: "InternalError", message: "The export ended before its item was resolved" }
        : toFileError(failure, MAX_REPORT_MESSAGE_LENGTH),
  };
}
