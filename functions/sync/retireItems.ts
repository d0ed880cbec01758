import { DestinationUnavailable, ExportError, NotFound, VcenterError } from "../errors.ts";
import { describeError } from "../export/failure.ts";
import { catalogOf, withVcenter } from "../export/run.ts";
import type { Services } from "../services.ts";
import type { VcenterClient } from "../vsphere/model.ts";
import type { PlannedItem } from "./model.ts";
import { openSyncRecords, type Retirement, required } from "./records.ts";
import { mustRetire, retire } from "./retire.ts";
import type { Page, SyncPlan } from "./state.ts";

/**
 * Marks or deletes the page's items that vCenter has no more, before its exports begin. vCenter is asked for the
 * very item once more: being absent from one list is not reason enough to delete.
 */
export async function retireItems(sync: SyncPlan, page: Page, services: Services): Promise<void> {
  const records = openSyncRecords(sync, services);
  const plan = required(await records.plan.read(page.number), `plan of page ${page.number}`);
  const due = plan.filter((item) => mustRetire(sync, item));
  const retirements = await withVcenter(sync, services, async (client) => {
    const done: Retirement[] = [];
    for (const item of due) done.push(await retireItem(sync, item, client, services));
    return done;
  });
  await records.retirements.write(page.number, retirements);
}

async function retireItem(
  sync: SyncPlan,
  { libraryItemId, stored, superseded }: PlannedItem,
  client: VcenterClient,
  services: Services,
): Promise<Retirement> {
  const { onDelete } = sync;
  if (onDelete === "keep" || (await isThere(client, libraryItemId))) {
    return { libraryItemId, status: "KEPT", error: null };
  }
  const now = new Date(services.clock.now()).toISOString();
  try {
    for (const item of [stored, ...superseded]) {
      if (item !== null) await retire(catalogOf(sync, services), item, onDelete, now);
    }
    return { libraryItemId, status: onDelete === "mark" ? "MARKED" : "DELETED", error: null };
  } catch (error) {
    if (error instanceof DestinationUnavailable || !(error instanceof ExportError)) throw error;
    return { libraryItemId, status: "FAILED", error: describeError(error) };
  }
}

/** An item that vCenter does not let the user see may well be there. */
async function isThere(client: VcenterClient, libraryItemId: string): Promise<boolean> {
  try {
    await client.getItem(libraryItemId);
    return true;
  } catch (error) {
    if (error instanceof NotFound) return false;
    if (error instanceof VcenterError && error.status === 403) return true;
    throw error;
  }
}
