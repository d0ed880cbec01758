import type { CatalogBucket } from "../catalog/bucket.ts";
import { getText } from "../catalog/objects.ts";
import { ItemIncomplete } from "../errors.ts";
import { describeError } from "../export/failure.ts";
import { fileFilter } from "../export/selectFiles.ts";
import type { FileError } from "../workflow.ts";
import type { PlannedItem, StoredItem } from "./model.ts";
import { missingReferences, type OvfDescriptor, readOvfDescriptor } from "./ovfDescriptor.ts";
import type { SyncPlan } from "./state.ts";

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

/**
 * ItemIncomplete for an OVF without a file that its descriptor references and that is not left out on purpose:
 * without one of its disks it is no OVF, even if each file that vCenter lists is there.
 */
export function missingFiles(
  sync: Pick<SyncPlan, "include" | "exclude">,
  { name, files }: Pick<PlannedItem, "name" | "files">,
  { manifest }: StoredItem,
  descriptor: OvfDescriptor | undefined,
): FileError | null {
  if (descriptor === undefined) return null;
  const isWanted = fileFilter(sync);
  // What the bucket keeps of files that the item has lost makes the item no more whole than it is.
  const stored = manifest.files.map((file) => file.name).filter((file) => files.includes(file));
  const missing = missingReferences(descriptor, new Set(stored)).filter(isWanted);
  if (missing.length === 0) return null;
  const some = missing.slice(0, 5).map((file) => `"${file}"`);
  return describeError(
    new ItemIncomplete(
      `The OVF descriptor of "${name}" references ${some.join(", ")}${missing.length > 5 ? ", ..." : ""}, which the ` +
        "item does not have: check it in vCenter, or exclude the files",
    ),
  );
}
