import type { ManifestFile } from "../catalog/manifest.ts";
import type { IndexEntry } from "../catalog/vcsp.ts";
import type { StoredItem } from "./model.ts";
import type { OvfDescriptor } from "./ovfDescriptor.ts";

export interface IndexedItem {
  /** Of the library's keys. */
  libraryFolder: string;
  stored: StoredItem;
  name: string;
  type: string;
  /** The files that are the item now; undefined: the unmarked ones of the manifest, if they are of one version. */
  files: string[] | undefined;
  descriptor: OvfDescriptor | undefined;
}

/**
 * What the index says of an item; undefined where what is in the bucket is not a whole item: then a subscriber is
 * better off with none.
 */
export function indexEntry(indexed: IndexedItem): IndexEntry | undefined {
  const { stored, libraryFolder, name, descriptor } = indexed;
  const files = wholeItem(indexed);
  if (files === undefined) return undefined;
  return {
    libraryItemId: stored.manifest.libraryItemId,
    name,
    type: typeOf(indexed, files),
    isVappTemplate: descriptor?.isVappTemplate ?? false,
    folder: stored.folder.slice(libraryFolder.length),
    // Certificates are left out, as the index generators do: vCenter holds a signature against a package whose
    // descriptor it has written anew.
    files: files
      .filter((file) => !file.name.toLowerCase().endsWith(".cert"))
      .map((file) => ({
        name: file.name,
        key: file.key.slice(libraryFolder.length),
        size: file.size,
        etag: file.etag.replaceAll('"', ""),
        generation: Math.floor(Date.parse(file.recordedAt) / 1000),
      })),
  };
}

function wholeItem({ stored, files }: IndexedItem): ManifestFile[] | undefined {
  const { manifest, intact } = stored;
  const unmarked = manifest.files.filter(({ deletedAtSource }) => deletedAtSource === undefined);
  const wanted = files ?? unmarked.map((file) => file.name);
  const found = wanted.flatMap((name) => manifest.files.find((file) => file.name === name) ?? []);
  const isWhole =
    found.length === wanted.length && found.length > 0 && found.every(({ name }) => intact.includes(name));
  const versions = new Set(found.map(({ contentVersion }) => contentVersion));
  return isWhole && versions.size === 1 ? found : undefined;
}

/** vCenter reads an OVF by its descriptor, and mounts an ISO that is the only file of its item. */
function typeOf({ type }: IndexedItem, files: ManifestFile[]): IndexEntry["type"] {
  const named = (suffix: string) => files.filter(({ name }) => name.toLowerCase().endsWith(suffix)).length;
  if (type === "ovf" && named(".ovf") === 1) return "ovf";
  return type === "iso" && named(".iso") === files.length ? "iso" : "other";
}
