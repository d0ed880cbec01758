import { libraryFolder } from "../catalog/keys.ts";
import { type ManifestFile, readManifest } from "../catalog/manifest.ts";
import type { IndexEntry } from "../catalog/vcsp.ts";
import { DestinationTaken, ManifestUnreadable } from "../errors.ts";
import { toFileError } from "../export/failure.ts";
import { catalogOf } from "../export/run.ts";
import { inParallel } from "../inParallel.ts";
import type { Services } from "../services.ts";
import type { FileError } from "../workflow.ts";
import { descriptorOf, missingFiles } from "./descriptorOf.ts";
import { indexEntry } from "./indexEntry.ts";
import type { ItemOutcome, PlannedItem, StoredItem } from "./model.ts";
import type { OvfDescriptor } from "./ovfDescriptor.ts";
import { isExport } from "./planItem.ts";
import { openSyncRecords, type Retirement, required } from "./records.ts";
import { addTotals, totalsOf } from "./report.ts";
import { isMarked, retire } from "./retire.ts";
import { retireFiles } from "./retireFiles.ts";
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
  const outcomes = recorded.map(({ outcome }) => outcome);
  await records.result.write(page.number, {
    outcomes,
    entries: recorded.flatMap(({ entries }) => entries),
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

interface RecordedItem {
  outcome: ItemOutcome;
  entries: IndexEntry[];
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
      const outcome = outcomeOf(item, "PLANNED", null, item.files.length, item.bytes);
      return { outcome: { ...outcome, filesRetired: item.removed.length }, entries: [] };
    }
    if (!isExport(item.action) && item.action !== "UNCHANGED") {
      return {
        outcome: outcomeOf(item, statusWithoutExport(item)),
        entries: await entriesOf(item, item.stored),
      };
    }
    return recordPresent(item);
  };

  async function recordGone(item: PlannedItem): Promise<RecordedItem> {
    const { stored } = item;
    if (sync.dryRun && sync.onDelete !== "keep") return { outcome: outcomeOf(item, "PLANNED"), entries: [] };
    const retirement = retirementOf.get(item.libraryItemId);
    const status = retirement?.status ?? (stored && isMarked(stored) ? "MARKED" : "KEPT");
    const stays = status === "KEPT" || status === "FAILED";
    return {
      outcome: outcomeOf(item, status, retirement?.error ?? null),
      entries: stays && stored !== null ? await entriesOf({ ...item, files: [] }, stored) : [],
    };
  }

  async function recordPresent(item: PlannedItem): Promise<RecordedItem> {
    const result = isExport(item.action) ? resultOf.get(item.index) : undefined;
    let error = isExport(item.action) ? errorOf(result, failure) : null;
    const stored = isExport(item.action) ? await readStored(item) : item.stored;
    const descriptor = stored === null ? undefined : await descriptorOf(catalog, stored);
    if (error === null && stored !== null) error = missingFiles(sync, item, stored, descriptor);
    const filesRetired = error === null ? await retireWhatIsGone(item) : 0;

    const moved = movedFiles(item.stored, stored);
    const bytes = moved.reduce((sum, { size }) => sum + size, 0);
    const done = result?.status === "EXPORTED" ? "EXPORTED" : "UNCHANGED";
    return {
      outcome: { ...outcomeOf(item, error ? "FAILED" : done, error, moved.length, bytes), filesRetired },
      entries:
        error?.name === "ItemIncomplete" ? [] : await entriesOf(item, stored, descriptor, error === null),
    };
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

  /** What is under earlier names, and files that the item has no more: only now that all that it has is there. */
  async function retireWhatIsGone({ superseded, stored, removed }: PlannedItem): Promise<number> {
    const { onDelete, dryRun } = sync;
    if (dryRun || onDelete === "keep") return removed.length;
    const now = new Date(services.clock.now()).toISOString();
    for (const old of superseded)
      if (onDelete === "delete" || !isMarked(old)) await retire(catalog, old, onDelete, now);
    return stored === null ? 0 : retireFiles(catalog, stored, removed, onDelete, now);
  }

  /** Under its present name as far as it is whole, and else as the bucket had it before. */
  async function entriesOf(
    item: PlannedItem,
    stored: StoredItem | null,
    descriptor?: OvfDescriptor,
    isComplete = false,
  ): Promise<IndexEntry[]> {
    const { name, type } = item;
    const present = stored && {
      libraryFolder: folder,
      stored,
      name,
      type,
      files: isComplete ? item.files : undefined,
      descriptor: descriptor ?? (await descriptorOf(catalog, stored)),
    };
    const entry = present && indexEntry(present);
    if (entry) return [entry];
    const earlier = item.superseded.find((candidate) => !isMarked(candidate));
    if (earlier === undefined) return [];
    const old = indexEntry({
      libraryFolder: folder,
      stored: earlier,
      ...earlier.manifest.item,
      files: undefined,
      descriptor: await descriptorOf(catalog, earlier),
    });
    return old ? [old] : [];
  }
}

function outcomeOf(
  { libraryItemId, name, action }: PlannedItem,
  status: ItemOutcome["status"],
  error: FileError | null = null,
  filesMoved = 0,
  bytesMoved = 0,
): ItemOutcome {
  return { libraryItemId, item: name, action, status, filesMoved, bytesMoved, filesRetired: 0, error };
}

function statusWithoutExport({ action }: PlannedItem): "NOT_CACHED" | "NOT_EXPORTABLE" {
  return action === "NOT_CACHED" ? "NOT_CACHED" : "NOT_EXPORTABLE";
}

function errorOf(result: ItemResult | undefined, failure: FileError | null): FileError | null {
  if (result !== undefined) return result.error;
  return failure ?? { name: "InternalError", message: "The item's part of the sync ended without a result" };
}

function movedFiles(before: StoredItem | null, after: StoredItem | null) {
  const etags = new Map(before?.manifest.files.map(({ name, etag }) => [name, etag]));
  const intact = new Set(before?.intact);
  return (after?.manifest.files ?? []).filter(
    ({ name, etag }) => etags.get(name) !== etag || !intact.has(name),
  );
}
