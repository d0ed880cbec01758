import type { CatalogBucket } from "../catalog/bucket.ts";
import { readManifest, updateManifest } from "../catalog/manifest.ts";
import { deleteObject, headObject } from "../catalog/objects.ts";
import type { PlannedItem, StoredItem } from "./model.ts";
import type { SyncPlan } from "./state.ts";

/** Whether an item that vCenter has no more is to be marked or deleted, and is not yet. */
export function mustRetire(
  { onDelete }: Pick<SyncPlan, "onDelete">,
  { action, stored, superseded }: PlannedItem,
) {
  if (action !== "GONE" || onDelete === "keep") return false;
  return [stored, ...superseded].some((item) => item !== null && (onDelete === "delete" || !isMarked(item)));
}

export function isMarked({ manifest }: StoredItem): boolean {
  return manifest.deletedAtSource !== undefined;
}

/**
 * Marks or deletes what the bucket has of an item in one folder. Only objects of that folder that the manifest vouches
 * for are deleted, and the manifest at last: what is interrupted is gone on with by the next sync.
 * @param now ISO 8601
 */
export async function retire(
  catalog: CatalogBucket,
  { folder, manifest }: StoredItem,
  onDelete: "mark" | "delete",
  now: string,
): Promise<void> {
  const key = `${folder}.export.json`;
  if (onDelete === "mark") {
    await updateManifest(catalog, key, manifest, (earlier = manifest) => {
      return earlier.deletedAtSource === undefined ? { ...earlier, deletedAtSource: now } : earlier;
    });
    return;
  }
  const found = await readManifest(catalog, key, manifest);
  if (found === undefined) return;
  for (const file of found.manifest.files) {
    // Whoever may write a manifest may not thereby have deleted what is anywhere else in the bucket.
    if (!file.key.startsWith(folder)) continue;
    const object = await headObject(catalog, file.key);
    if (object?.etag === file.etag) await deleteObject(catalog, file.key);
  }
  await deleteObject(catalog, key);
}
