import type { CatalogBucket } from "../catalog/bucket.ts";
import { getText } from "../catalog/objects.ts";
import { ItemIncomplete } from "../errors.ts";
import { describeError } from "../export/failure.ts";
import { fileFilter } from "../export/selectFiles.ts";
import type { Logger } from "../log.ts";
import type { FileError } from "../workflow.ts";
import type { PlannedItem, StoredItem } from "./model.ts";
import {
  MAX_DESCRIPTOR_BYTES,
  missingReferences,
  type OvfDescriptor,
  readOvfDescriptor,
} from "./ovfDescriptor.ts";
import type { SyncPlan } from "./state.ts";

/**
 * The OVF descriptor among the objects of an item; undefined where there is none. One that is too long, or is none,
 * does not fail the item, all of whose files are verified: only that none is missing is not known.
 */
export async function descriptorOf(
  catalog: CatalogBucket,
  { manifest, intact }: StoredItem,
  log: Logger,
): Promise<OvfDescriptor | "unreadable" | undefined> {
  if (manifest.item.type !== "ovf") return undefined;
  const file = manifest.files.find(({ name }) => /\.ovf$/i.test(name) && intact.includes(name));
  if (file === undefined) return undefined;
  const isTooLong = file.size > MAX_DESCRIPTOR_BYTES;
  const found = isTooLong ? undefined : await getText(catalog, file.key);
  const descriptor = found && readOvfDescriptor(found.text);
  if (descriptor !== undefined) return descriptor;
  log.warn(
    "An OVF descriptor is not read: files that it references may be missing, so nothing of its item is marked or deleted",
    {
      item: manifest.item.name,
      key: file.key,
      bytes: file.size,
      reason: isTooLong
        ? `it has more than ${MAX_DESCRIPTOR_BYTES} bytes`
        : "it is gone, or no OVF descriptor",
    },
  );
  return "unreadable";
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
