import type { CatalogBucket } from "../catalog/bucket.ts";
import type { ManifestFile } from "../catalog/manifest.ts";
import { headObject } from "../catalog/objects.ts";
import type { IndexEntry, KeptItem } from "../catalog/vcsp.ts";
import type { PlannedItem, StoredItem } from "./model.ts";
import type { OvfDescriptor } from "./ovfDescriptor.ts";
import { isMarked } from "./retire.ts";

/**
 * What the index says of an item of which all is in the bucket; undefined where it is not: then a subscriber is better
 * off with none.
 * @param libraryFolder of the library's keys
 */
export function indexEntry(
  libraryFolder: string,
  { libraryItemId, name, type, files: names }: PlannedItem,
  { folder, manifest, intact }: StoredItem,
  descriptor: OvfDescriptor | undefined,
): IndexEntry | undefined {
  const files = names.flatMap((file) => manifest.files.find((candidate) => candidate.name === file) ?? []);
  const isWhole = files.length === names.length && files.every((file) => intact.includes(file.name));
  if (!isWhole || files.length === 0) return undefined;
  return {
    libraryItemId,
    name,
    type: typeOf(type, files),
    isVappTemplate: descriptor?.isVappTemplate ?? false,
    folder: folder.slice(libraryFolder.length),
    // Certificates are left out, as the index generators do: vCenter holds a signature against a package whose
    // descriptor it has written anew.
    files: files
      .filter((file) => !file.name.toLowerCase().endsWith(".cert"))
      .map((file) => ({
        name: file.name,
        key: file.key.slice(libraryFolder.length),
        size: file.size,
        etag: withoutQuotes(file.etag),
        generation: Math.floor(Date.parse(file.recordedAt) / 1000),
      })),
  };
}

/**
 * An item that is not whole as it is in vCenter now, or that vCenter has no more: what the index said of it stays, as
 * long as the objects are still those.
 * @param stored what the bucket has of it, under any name
 * @param asksAgain whether objects may have been replaced or removed since they were listed
 */
export async function keptItem(
  catalog: CatalogBucket,
  libraryFolder: string,
  libraryItemId: string,
  stored: StoredItem[],
  asksAgain: boolean,
): Promise<KeptItem> {
  const objects: KeptItem["objects"] = [];
  for (const { manifest, intact } of stored.filter((item) => !isMarked(item))) {
    for (const { name, key, etag } of manifest.files) {
      const isThere = asksAgain ? (await headObject(catalog, key))?.etag === etag : intact.includes(name);
      if (isThere) objects.push({ key: key.slice(libraryFolder.length), etag: withoutQuotes(etag) });
    }
  }
  return { libraryItemId, objects };
}

function withoutQuotes(etag: string): string {
  return etag.replaceAll('"', "");
}

/** vCenter reads an OVF by its descriptor, and mounts an ISO that is the only file of its item. */
function typeOf(type: string, files: ManifestFile[]): IndexEntry["type"] {
  const named = (suffix: string) => files.filter(({ name }) => name.toLowerCase().endsWith(suffix)).length;
  if (type === "ovf" && named(".ovf") === 1) return "ovf";
  return type === "iso" && named(".iso") === files.length ? "iso" : "other";
}
