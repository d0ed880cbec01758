import { itemFolder } from "../catalog/keys.ts";
import { NoFileMatches, NothingToExport } from "../errors.ts";
import { withVcenter } from "../export/run.ts";
import { selectFiles } from "../export/selectFiles.ts";
import { inParallel } from "../inParallel.ts";
import type { Services } from "../services.ts";
import type { ItemFile, LibraryItem, VcenterClient } from "../vsphere/model.ts";
import { unlessNotFound } from "../vsphere/unlessNotFound.ts";
import type { PageEntry, PlannedItem } from "./model.ts";
import { isExport, planGone, planItem } from "./planItem.ts";
import { openSyncRecords, PAGE_SIZE, required } from "./records.ts";
import { removedFiles } from "./removedFiles.ts";
import { mustRetire } from "./retire.ts";
import type { Page, SyncPlan } from "./state.ts";

/** Few, because vCenter serves other users as well. */
const CALLS_AT_ONCE = 4;

/**
 * Decides what is to be done with each item of a page: two calls of vCenter for an item that it lists, and one for each
 * file that it seems to have lost.
 */
export async function planPage(sync: SyncPlan, number: number, services: Services): Promise<Page> {
  const records = openSyncRecords(sync, services);
  const entries = required(await records.entries.read(number), `page ${number}`);
  const plan = await withVcenter(sync, services, (client) => planEntries(sync, number, entries, client));
  await records.plan.write(number, plan);
  const exports = sync.dryRun ? [] : plan.filter(({ action }) => isExport(action));
  return {
    number,
    exports: exports.map(({ index, libraryItemId, name }) => ({ index, libraryItemId, name })),
    hasExports: exports.length > 0,
    hasRetirements: !sync.dryRun && plan.some((item) => mustRetire(sync, item)),
    failure: null,
  };
}

async function planEntries(
  sync: SyncPlan,
  number: number,
  entries: PageEntry[],
  client: VcenterClient,
): Promise<PlannedItem[]> {
  const planned = await inParallel(CALLS_AT_ONCE, entries, async ({ libraryItemId, listed, stored }, at) => {
    const index = number * PAGE_SIZE + at;
    const item = listed ? await unlessNotFound(client.getItem(libraryItemId)) : undefined;
    const itemFiles = item && (await unlessNotFound(filesOf(client, item)));
    // Deleted since it was listed.
    if (item === undefined || itemFiles === undefined) return planGone(index, libraryItemId, stored);
    const files = filesToExport(item, itemFiles, sync);
    const folder = itemFolder(sync.prefix, sync.libraryName, item.name);
    const plan = planItem({ index, item, files, folder, stored, includeUncached: sync.includeUncached });
    return { ...plan, removed: await removedFiles(sync, plan, itemFiles, client) };
  });
  return planned.filter(({ action, stored }) => action !== "GONE" || stored !== null);
}

async function filesOf(client: VcenterClient, { id, type }: LibraryItem): Promise<ItemFile[]> {
  return type === "vm-template" ? [] : client.listItemFiles(id);
}

function filesToExport(item: LibraryItem, files: ItemFile[], sync: SyncPlan): ItemFile[] {
  try {
    return selectFiles(item, files, sync);
  } catch (error) {
    if (error instanceof NothingToExport || error instanceof NoFileMatches) return [];
    throw error;
  }
}
