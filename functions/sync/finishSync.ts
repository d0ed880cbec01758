import { putJson } from "../catalog/objects.ts";
import { describeError, shorten, toFileError } from "../export/failure.ts";
import { catalogOf, recordsOf } from "../export/run.ts";
import type { Services } from "../services.ts";
import type { FileError, ObjectLocation } from "../workflow.ts";
import { writeIndex } from "./mirrorIndex.ts";
import type { ItemOutcome } from "./model.ts";
import { openSyncRecords, recordedPages, syncReportKey } from "./records.ts";
import { type SyncReport, totalsOf } from "./report.ts";
import type { SyncPlan, SyncState } from "./state.ts";

/** Characters: the Cause of a failed execution may have 32,768. */
const MAX_MESSAGE_LENGTH = 4000;

/**
 * Ends a sync: the index is brought up to date, the report written, and the pages removed. It reports failures, its
 * own as well, instead of throwing them. Of items on pages that a sync did not come to, the index says what it said.
 */
export async function finishSync(state: SyncState, services: Services): Promise<SyncReport> {
  const { sync } = state;
  const failure = state.failure ?? state.recorded?.failure ?? null;
  if (sync === null) return unlisted(state.input, failure && toFileError(failure, MAX_MESSAGE_LENGTH));
  const { outcomes, pages } = await readOutcomes(sync, services);
  let error = failure === null ? failureOf(sync, outcomes) : toFileError(failure, MAX_MESSAGE_LENGTH);
  let index: ObjectLocation | null = null;
  if (sync.index && !sync.dryRun && pages > 0) {
    const lookedAt = pages === sync.pages ? undefined : outcomes;
    const written = await attempt(() => indexPages(sync, lookedAt, services));
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

async function readOutcomes(sync: SyncPlan, services: Services) {
  const outcomes: ItemOutcome[] = [];
  let pages = 0;
  for await (const page of recordedPages(sync, services)) {
    outcomes.push(...page.outcomes);
    pages += 1;
  }
  return { outcomes, pages };
}

/** @param lookedAt what became of the items; undefined: of all */
async function indexPages(
  sync: SyncPlan,
  lookedAt: ItemOutcome[] | undefined,
  services: Services,
): Promise<ObjectLocation> {
  // Page by page: all of them together are many times the size of the index.
  async function* entries() {
    for await (const page of recordedPages(sync, services)) yield* page.entries;
  }
  const ids = lookedAt?.map(({ libraryItemId }) => libraryItemId);
  return await writeIndex(sync, { entries, ...(ids && { lookedAt: new Set(ids) }) }, services);
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
