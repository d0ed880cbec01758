import { libraryFolder } from "../catalog/keys.ts";
import { putJson } from "../catalog/objects.ts";
import type { IndexEntry } from "../catalog/vcsp.ts";
import { updateIndex } from "../catalog/vcspStore.ts";
import { describeError, shorten, toFileError } from "../export/failure.ts";
import { catalogOf, recordsOf } from "../export/run.ts";
import type { Services } from "../services.ts";
import type { FileError, ObjectLocation } from "../workflow.ts";
import type { ItemOutcome } from "./model.ts";
import { openSyncRecords, syncReportKey } from "./records.ts";
import { type SyncReport, totalsOf } from "./report.ts";
import type { SyncPlan, SyncState } from "./state.ts";

/** Characters: the Cause of a failed execution may have 32,768. */
const MAX_MESSAGE_LENGTH = 4000;

/**
 * Ends a sync: the index is brought up to date, the report written, and the pages removed. It reports failures, its
 * own as well, instead of throwing them. A sync that did not look at every page leaves the index as it is.
 */
export async function finishSync(state: SyncState, services: Services): Promise<SyncReport> {
  const { sync } = state;
  const failure = state.failure ?? state.recorded?.failure ?? null;
  if (sync === null) return unlisted(state.input, failure && toFileError(failure, MAX_MESSAGE_LENGTH));
  const { outcomes, entries } = await readPages(sync, services);
  let error = failure === null ? failureOf(sync, outcomes) : toFileError(failure, MAX_MESSAGE_LENGTH);
  let index: ObjectLocation | null = null;
  if (sync.index && !sync.dryRun && failure === null) {
    const written = await attempt(() => writeIndex(sync, entries, services));
    if ("error" in written) error ??= written.error;
    else index = written.value;
  }
  const location = { bucket: sync.bucket, key: syncReportKey(sync) };
  const report: SyncReport = {
    vcenter: sync.vcenter,
    libraryId: sync.libraryId,
    library: sync.libraryName,
    status: error !== null ? "FAILED" : sync.dryRun ? "PLANNED" : "SYNCHRONIZED",
    ...totalsOf(outcomes, sync.dryRun),
    index,
    report: location,
    error,
  };
  const stored = await attempt(() =>
    putJson(catalogOf(sync, services), location.key, { ...report, items: outcomes }, "*"),
  );
  if ("error" in stored)
    Object.assign(report, { report: null, status: "FAILED", error: error ?? stored.error });
  await removePages(sync, services);
  return report;
}

async function readPages(sync: SyncPlan, services: Services) {
  const records = openSyncRecords(sync, services);
  const outcomes: ItemOutcome[] = [];
  const entries: IndexEntry[] = [];
  for (let page = 0; page < sync.pages; page++) {
    const result = await records.result.read(page);
    // A sync that was stopped has not come to all of them.
    if (result === undefined) break;
    outcomes.push(...result.outcomes);
    entries.push(...result.entries);
  }
  return { outcomes, entries };
}

async function writeIndex(
  sync: SyncPlan,
  entries: IndexEntry[],
  services: Services,
): Promise<ObjectLocation> {
  const folder = libraryFolder(sync.prefix, sync.libraryName);
  const { key, written } = await updateIndex(
    catalogOf(sync, services),
    folder,
    sync,
    entries,
    services.clock.now(),
  );
  services.log.info("The index is up to date", { key, items: entries.length, objectsWritten: written });
  return { bucket: sync.bucket, key };
}

/** The error that all failed items share, or ItemsFailed; null where no more failed than is tolerated. */
function failureOf(sync: SyncPlan, outcomes: ItemOutcome[]): FileError | null {
  const failures = outcomes.flatMap(({ item, error }) => (error === null ? [] : [{ item, error }]));
  const [first] = failures;
  if (first === undefined || failures.length * 100 <= sync.toleratedFailurePercentage * outcomes.length)
    return null;
  const names = new Set(failures.map(({ error }) => error.name));
  const some = failures.slice(0, 10).map(({ item, error }) => `"${item}": ${error.name}: ${error.message}`);
  const more = failures.length > some.length ? `; and ${failures.length - some.length} more` : "";
  return {
    name: names.size === 1 ? first.error.name : "ItemsFailed",
    message: shorten(
      `${failures.length} of ${outcomes.length} items failed: ${some.join("; ")}${more}`,
      MAX_MESSAGE_LENGTH,
    ),
  };
}

async function removePages(sync: SyncPlan, services: Services): Promise<void> {
  try {
    await openSyncRecords(sync, services).clear();
    await recordsOf(sync, services).clear();
  } catch (error) {
    services.log.warn("The sync's pages could not be removed", { run: sync.run, error: String(error) });
  }
}

/** The report of a sync whose library was not found: it repeats what the input names. */
function unlisted(input: unknown, error: FileError | null): SyncReport {
  const named = new Map(typeof input === "object" && input !== null ? Object.entries(input) : []);
  const text = (field: string) => {
    const value: unknown = named.get(field);
    return typeof value === "string" ? value : "";
  };
  return {
    vcenter: text("vcenter"),
    libraryId: text("libraryId"),
    library: text("library"),
    status: "FAILED",
    ...totalsOf([], false),
    index: null,
    report: null,
    error: error ?? { name: "InternalError", message: "The sync ended before its library was listed" },
  };
}

async function attempt<T>(work: () => Promise<T>): Promise<{ value: T } | { error: FileError }> {
  try {
    return { value: await work() };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { error: describeError(error) };
  }
}
