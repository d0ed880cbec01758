import { libraryFolder } from "../catalog/keys.ts";
import { headObject } from "../catalog/objects.ts";
import type { IndexEntry, KeptItem } from "../catalog/vcsp.ts";
import { type IndexedLibrary, updateIndex } from "../catalog/vcspStore.ts";
import { ObjectExists } from "../errors.ts";
import { catalogOf } from "../export/run.ts";
import type { Services } from "../services.ts";
import type { ObjectLocation } from "../workflow.ts";
import type { SyncPlan } from "./state.ts";

/**
 * Brings the mirror's index up to date, for all items of the library or for those that were looked at.
 * @returns where lib.json is
 * @throws ObjectExists when another library's index is there
 */
export async function writeIndex(
  sync: SyncPlan,
  items: Pick<IndexedLibrary, "entries" | "lookedAt">,
  services: Services,
): Promise<ObjectLocation> {
  const { vcenter, libraryId, libraryName, bucket, prefix } = sync;
  const folder = libraryFolder(prefix, libraryName);
  const { key, written } = await updateIndex(
    catalogOf(sync, services),
    { vcenter, libraryId, libraryName, folder, ...items },
    services.clock.now(),
  );
  services.log.info("The index is up to date", { key, objectsWritten: written });
  return { bucket, key };
}

/** An item of which objects are about to be deleted, and what the index is to say of it; absent: nothing. */
export interface LeavingItem {
  libraryItemId: string;
  entry?: IndexEntry | KeptItem | undefined;
}

/**
 * Has an index that is there name nothing of what is about to be deleted: a subscriber reads it meanwhile, and a sync
 * that ends between the two does not come back to it. Another library's index names none of these objects; that it is
 * there is told at the sync's end.
 */
export async function indexBeforeDeleting(
  sync: SyncPlan,
  leaving: LeavingItem[],
  services: Services,
): Promise<void> {
  if (!sync.index || leaving.length === 0) return;
  const key = `${libraryFolder(sync.prefix, sync.libraryName)}items.json`;
  if ((await headObject(catalogOf(sync, services), key)) === undefined) return;
  async function* entries() {
    for (const { entry } of leaving) if (entry !== undefined) yield entry;
  }
  const lookedAt = new Set(leaving.map(({ libraryItemId }) => libraryItemId));
  try {
    await writeIndex(sync, { entries, lookedAt }, services);
  } catch (error) {
    if (!(error instanceof ObjectExists)) throw error;
  }
}
