import type { CatalogBucket } from "../catalog/bucket.ts";
import { getText } from "../catalog/objects.ts";
import type { StoredItem } from "./model.ts";
import { type OvfDescriptor, readOvfDescriptor } from "./ovfDescriptor.ts";

/** Bytes: far more than a descriptor has, and little enough to be read. */
const MAX_DESCRIPTOR_BYTES = 8 * 1024 * 1024;

/** The OVF descriptor among the objects of an item; undefined where there is none that can be read. */
export async function descriptorOf(
  catalog: CatalogBucket,
  { manifest, intact }: StoredItem,
): Promise<OvfDescriptor | undefined> {
  if (manifest.item.type !== "ovf") return undefined;
  const file = manifest.files.find(({ name }) => /\.ovf$/i.test(name) && intact.includes(name));
  if (file === undefined || file.size > MAX_DESCRIPTOR_BYTES) return undefined;
  const found = await getText(catalog, file.key);
  return found && readOvfDescriptor(found.text);
}
