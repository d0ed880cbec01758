import type { ItemFile, VcenterClient } from "../vsphere/model.ts";
import { unlessNotFound } from "../vsphere/unlessNotFound.ts";
import type { PlannedItem } from "./model.ts";
import { isExport } from "./planItem.ts";
import type { SyncPlan } from "./state.ts";

/**
 * Names of the files that the bucket has of an item and that the item has no more, where the sync marks or deletes such
 * files and they are not yet. As for items, two answers are needed: vCenter is asked for the very file once more. A file
 * that the sync leaves out is still the item's; an item that lists no file at all has not lost them.
 * @param listed all of the item's files
 */
export async function removedFiles(
  { onDelete }: Pick<SyncPlan, "onDelete">,
  { libraryItemId, action, stored }: PlannedItem,
  listed: ItemFile[],
  client: VcenterClient,
): Promise<string[]> {
  const stays = isExport(action) || action === "UNCHANGED";
  if (onDelete === "keep" || !stays || stored === null || listed.length === 0) return [];
  const names = new Set(listed.map(({ name }) => name));
  const removed: string[] = [];
  for (const { name, deletedAtSource } of stored.manifest.files) {
    const isDue = onDelete === "delete" || deletedAtSource === undefined;
    if (!isDue || names.has(name)) continue;
    const file = await unlessNotFound(client.getItemFile(libraryItemId, name));
    if (file === undefined) removed.push(name);
  }
  return removed;
}
