import { VcenterError } from "../errors.ts";
import { catalogOf, withVcenter } from "../export/run.ts";
import type { Services } from "../services.ts";
import type { VcenterClient } from "../vsphere/model.ts";
import { unlessNotFound } from "../vsphere/unlessNotFound.ts";
import { attempt } from "./attempt.ts";
import { indexBeforeDeleting } from "./mirrorIndex.ts";
import type { PlannedItem } from "./model.ts";
import { openSyncRecords, type Retirement, required } from "./records.ts";
import { mustRetire, retire } from "./retire.ts";
import type { Page, SyncPlan } from "./state.ts";

/**
 * Marks or deletes the page's items that vCenter has no more, before its exports begin. vCenter is asked for the
 * very item once more: being absent from one list is not reason enough to delete. What is deleted leaves the index
 * first.
 */
export async function retireItems(sync: SyncPlan, page: Page, services: Services): Promise<void> {
  const records = openSyncRecords(sync, services);
  const plan = required(await records.plan.read(page.number), `plan of page ${page.number}`);
  const due = plan.filter((item) => mustRetire(sync, item));
  const gone: PlannedItem[] = [];
  await withVcenter(sync, services, async (client) => {
    for (const item of due) if (!(await isThere(client, item.libraryItemId))) gone.push(item);
  });
  const kept = due.filter((item) => !gone.includes(item));
  await records.retirements.write(page.number, [
    ...kept.map(({ libraryItemId }) => ({ libraryItemId, status: "KEPT" as const, error: null })),
    ...(await retireGone(sync, gone, services)),
  ]);
}

async function retireGone(sync: SyncPlan, gone: PlannedItem[], services: Services): Promise<Retirement[]> {
  const { onDelete } = sync;
  if (onDelete === "keep") return [];
  const indexed = await attempt(async () => {
    if (onDelete === "delete") await indexBeforeDeleting(sync, gone, services);
  });
  const now = new Date(services.clock.now()).toISOString();
  const done: Retirement[] = [];
  for (const { libraryItemId, stored, superseded } of gone) {
    const error =
      indexed ??
      (await attempt(async () => {
        for (const item of [stored, ...superseded]) {
          if (item !== null) await retire(catalogOf(sync, services), item, onDelete, now);
        }
      }));
    const status = error !== null ? "FAILED" : onDelete === "mark" ? "MARKED" : "DELETED";
    done.push({ libraryItemId, status, error });
  }
  return done;
}

/** An item that vCenter does not let the user see may well be there. */
async function isThere(client: VcenterClient, libraryItemId: string): Promise<boolean> {
  try {
    return (await unlessNotFound(client.getItem(libraryItemId))) !== undefined;
  } catch (error) {
    if (error instanceof VcenterError && error.status === 403) return true;
    throw error;
  }
}
