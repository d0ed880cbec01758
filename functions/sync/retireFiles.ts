import type { CatalogBucket } from "../catalog/bucket.ts";
import { type ManifestFile, readManifest, updateManifest } from "../catalog/manifest.ts";
import { deleteObject, headObject } from "../catalog/objects.ts";
import type { StoredItem } from "./model.ts";

/**
 * Marks or deletes files that an item which stays has no more. What has been exported or replaced since the plan was
 * made is left alone. As with whole items, the manifest comes last: what is interrupted is gone on with by the next
 * sync.
 * @param planned what the bucket had of the item when the plan was made
 * @param now ISO 8601
 * @returns how many files were marked or deleted
 */
export async function retireFiles(
  catalog: CatalogBucket,
  { folder, manifest: planned }: StoredItem,
  names: string[],
  onDelete: "mark" | "delete",
  now: string,
): Promise<number> {
  if (names.length === 0) return 0;
  const key = `${folder}.export.json`;
  const found = await readManifest(catalog, key, planned);
  if (found === undefined) return 0;
  const isDue = (file: ManifestFile) => {
    const before = planned.files.find(({ name }) => name === file.name);
    return names.includes(file.name) && before?.etag === file.etag && isOfVersion(file, before);
  };
  const due = found.manifest.files.filter(isDue);
  if (onDelete === "delete") {
    for (const file of due) {
      // As for items: a manifest speaks for its own folder alone.
      if (!file.key.startsWith(folder)) continue;
      const object = await headObject(catalog, file.key);
      if (object?.etag === file.etag) await deleteObject(catalog, file.key);
    }
  }
  await updateManifest(catalog, key, planned, (earlier = found.manifest) => {
    if (!earlier.files.some(isDue)) return earlier;
    const files = earlier.files.flatMap((file) => {
      if (!isDue(file)) return [file];
      return onDelete === "delete" ? [] : [{ ...file, deletedAtSource: now }];
    });
    return { ...earlier, files };
  });
  return due.length;
}

/** An export that found the file again has recorded it anew, with the content version of that time. */
function isOfVersion(file: ManifestFile, before: ManifestFile): boolean {
  return file.contentVersion === before.contentVersion;
}
