import { libraryFolder } from "../catalog/keys.ts";
import { type ManifestFile, readManifest } from "../catalog/manifest.ts";
import { DestinationTaken, ManifestUnreadable } from "../errors.ts";
import { toFileError } from "../export/failure.ts";
import { catalogOf } from "../export/run.ts";
import { inParallel } from "../inParallel.ts";
import type { Services } from "../services.ts";
import type { FileError } from "../workflow.ts";
import { descriptorOf, missingFiles } from "./descriptorOf.ts";
import { indexEntry, keptItem } from "./indexEntry.ts";
import { errorOf, movedBetween, outcomeOf, statusWithoutExport } from "./itemOutcome.ts";
import type { PlannedItem, StoredItem } from "./model.ts";
import { isExport } from "./planItem.ts";
import { openSyncRecords, type Retirement, required } from "./records.ts";
import { addTotals, totalsOf } from "./report.ts";
import { isMarked } from "./retire.ts";
import { type RecordedItem, retireReplaced } from "./retireReplaced.ts";
import type { ItemResult, Page, Recorded, SyncPlan, SyncState } from "./state.ts";

const READS_AT_ONCE = 16;

/** What became of each item of a page, and what the index is to say of it; from the bucket, as it is now. */
export async function recordPage(
  { sync, page, results, recorded: before }: SyncState & { sync: SyncPlan; page: Page },
  services: Services,
): Promise<Recorded> {
  const records = openSyncRecords(sync, services);
  const plan = required(await records.plan.read(page.number), `plan of page ${page.number}`);
  const retirements = (await records.retirements.read(page.number)) ?? [];
  const failure = page.failure && toFileError(page.failure);
  const recorder = pageRecorder(sync, results, failure, retirements, services);
  const recorded = await inParallel(READS_AT_ONCE, plan, recorder);
  await retireReplaced(sync, recorded, services);
  const outcomes = recorded.map(({ outcome }) => outcome);
  await records.result.write(page.number, {
    outcomes,
    entries: recorded.flatMap(({ entry }) => entry ?? []),
  });
  const refused = recorded.find(({ outcome }) => outcome.error?.name === "LoginRefused")?.outcome.error;
  const next = page.number + 1;
  const totals = totalsOf(outcomes, sync.dryRun);
  return {
    next,
    more: next < sync.pages && !refused,
    failure: refused ? { Error: refused.name, Cause: refused.message } : null,
    totals: before === null ? totals : addTotals(before.totals, totals),
  };
}

function pageRecorder(
  sync: SyncPlan,
  results: ItemResult[],
  failure: FileError | null,
  retirements: Retirement[],
  services: Services,
): (item: PlannedItem) => Promise<RecordedItem> {
  const catalog = catalogOf(sync, services);
  const folder = libraryFolder(sync.prefix, sync.libraryName);
  const resultOf = new Map(results.map((result) => [result.index, result]));
  const retirementOf = new Map(retirements.map((retirement) => [retirement.libraryItemId, retirement]));

  return async (item) => {
    if (item.action === "GONE") return recordGone(item);
    if (sync.dryRun && isExport(item.action)) {
      const planned = {
        filesMoved: item.files.length,
        bytesMoved: item.bytes,
        filesRetired: item.removed.length,
      };
      return { outcome: outcomeOf(item, "PLANNED", planned) };
    }
    if (isExport(item.action) || item.action === "UNCHANGED") return recordPresent(item);
    return {
      outcome: outcomeOf(item, statusWithoutExport(item)),
      entry: await kept(item, item.stored, false),
    };
  };

  async function recordGone(item: PlannedItem): Promise<RecordedItem> {
    const { stored } = item;
    if (sync.dryRun && sync.onDelete !== "keep") return { outcome: outcomeOf(item, "PLANNED") };
    const { status, error } = retirementOf.get(item.libraryItemId) ?? {
      status: stored && isMarked(stored) ? ("MARKED" as const) : ("KEPT" as const),
      error: null,
    };
    const outcome = outcomeOf(item, status, { error });
    const stays = status === "KEPT" || status === "FAILED";
    return stays ? { outcome, entry: await kept(item, stored, status === "FAILED") } : { outcome };
  }

  async function recordPresent(item: PlannedItem): Promise<RecordedItem> {
    const result = isExport(item.action) ? resultOf.get(item.index) : undefined;
    let error = isExport(item.action) ? errorOf(result, failure) : null;
    const stored = isExport(item.action) ? await readStored(item) : item.stored;
    const moved = movedBetween(item.stored, stored);
    if (error !== null) {
      return {
        outcome: outcomeOf(item, "FAILED", { ...moved, error }),
        entry: await kept(item, stored, true),
      };
    }
    const status = result?.status === "EXPORTED" ? "EXPORTED" : "UNCHANGED";
    if (stored === null) return { outcome: outcomeOf(item, status, moved) };
    const read = await descriptorOf(catalog, stored, services.log);
    const descriptor = read === "unreadable" ? undefined : read;
    error = missingFiles(sync, item, stored, descriptor);
    if (error !== null) return { outcome: outcomeOf(item, "FAILED", { ...moved, error }) };
    const entry = indexEntry(folder, item, stored, descriptor);
    // What was exported may be gone again; and a descriptor that cannot be read may reference what nobody lists.
    const whole = entry === undefined || read === "unreadable" ? undefined : item;
    const filesRetired = whole?.removed.length ?? 0;
    return { outcome: outcomeOf(item, status, { ...moved, filesRetired }), entry, whole };
  }

  /** What the export has left. An object that was missing and was not written is missing still. */
  async function readStored({ folder, libraryItemId, stored }: PlannedItem): Promise<StoredItem | null> {
    const owner = { vcenter: sync.vcenter, libraryItemId };
    try {
      const found = await readManifest(catalog, `${folder}.export.json`, owner);
      if (found === undefined) return null;
      const lost = stored?.manifest.files.filter(({ name }) => !stored.intact.includes(name)) ?? [];
      const isLost = (file: ManifestFile) =>
        lost.some(({ key, etag }) => key === file.key && etag === file.etag);
      const intact = found.manifest.files.filter((file) => !isLost(file));
      return { folder, manifest: found.manifest, intact: intact.map(({ name }) => name) };
    } catch (error) {
      // The export has said so, as the item's error.
      if (error instanceof DestinationTaken || error instanceof ManifestUnreadable) return null;
      throw error;
    }
  }

  function kept({ libraryItemId, superseded }: PlannedItem, stored: StoredItem | null, asksAgain: boolean) {
    const all = stored === null ? superseded : [stored, ...superseded];
    return keptItem(catalog, folder, libraryItemId, all, asksAgain);
  }
}
