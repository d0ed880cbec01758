import type { ManifestFile } from "../catalog/manifest.ts";
import type { ItemFile, LibraryItem } from "../vsphere/model.ts";
import type { Action, PlannedItem, StoredItem } from "./model.ts";

export interface ItemFacts {
  /** Within the whole sync. */
  index: number;
  item: LibraryItem;
  /** The item's files that are to be exported; empty where there is none. */
  files: ItemFile[];
  /** Where the item's keys are under its present name. */
  folder: string;
  /** What the bucket holds under the item's id. */
  stored: StoredItem[];
  includeUncached: boolean;
}

/** Decides what a sync does with one item, from what vCenter says of it and what is in the bucket. */
export function planItem({ index, item, files, folder, stored, includeUncached }: ItemFacts): PlannedItem {
  const current = stored.find((candidate) => candidate.folder === folder);
  const superseded = stored.filter((candidate) => candidate !== current);
  const changed = files.filter((file) => !isStored(file, item, current));
  const bytes = changed.reduce((sum, { size }) => sum + size, 0);
  const plan = (action: Action): PlannedItem => ({
    index,
    libraryItemId: item.id,
    name: item.name,
    type: item.type,
    action,
    folder,
    files: files.map(({ name }) => name),
    removed: [],
    bytes: isExport(action) ? bytes : 0,
    stored: current ?? null,
    superseded,
  });
  if (files.length === 0) return plan("NOT_EXPORTABLE");
  const isMarked = current?.manifest.deletedAtSource !== undefined;
  if (changed.length === 0 && !isMarked) return plan("UNCHANGED");
  // An item that was exported before it was evicted is above: only content that is missing here is missed.
  if (!includeUncached && (!item.cached || changed.some(({ cached }) => !cached))) return plan("NOT_CACHED");
  if (current !== undefined) return plan("CHANGED");
  return plan(superseded.length > 0 ? "RENAMED" : "NEW");
}

/** The plan for what only the bucket has. */
export function planGone(index: number, libraryItemId: string, stored: StoredItem[]): PlannedItem {
  const [latest] = stored.toSorted((a, b) => (a.manifest.updatedAt < b.manifest.updatedAt ? 1 : -1));
  return {
    index,
    libraryItemId,
    name: latest?.manifest.item.name ?? "",
    type: latest?.manifest.item.type ?? "",
    action: "GONE",
    folder: latest?.folder ?? "",
    files: [],
    removed: [],
    bytes: 0,
    stored: latest ?? null,
    superseded: stored.filter((candidate) => candidate !== latest),
  };
}

export function isExport(action: Action): boolean {
  return action === "NEW" || action === "CHANGED" || action === "RENAMED";
}

/**
 * True where the bucket has the file as it is in vCenter: the object that the manifest speaks of is there, and the
 * item's content version, the file's version or its checksum is the recorded one. A version that the server does
 * not tell says nothing. An export asks the same of the object itself; the plan only saves it the start.
 */
function isStored(file: ItemFile, item: LibraryItem, stored: StoredItem | undefined): boolean {
  if (!stored?.intact.includes(file.name)) return false;
  const recorded = stored.manifest.files.find(({ name }) => name === file.name);
  // Of one that was marked, the mark is to go.
  if (recorded === undefined || recorded.deletedAtSource !== undefined) return false;
  return (
    isSame(recorded.contentVersion, item.contentVersion) ||
    isSame(recorded.fileVersion, file.version) ||
    hasChecksum(recorded, file)
  );
}

function isSame(a: string, b: string): boolean {
  return a !== "" && a === b;
}

function hasChecksum({ checksum, size }: ManifestFile, file: ItemFile): boolean {
  if (checksum === null || file.checksum === undefined) return false;
  const sameSize = !file.cached || file.size === size || isDisk(file.name);
  return (
    sameSize &&
    checksum.algorithm === file.checksum.algorithm &&
    checksum.value === file.checksum.value.toLowerCase()
  );
}

/** What vCenter lists as a disk's size is the storage that it takes. */
function isDisk(name: string): boolean {
  return /\.(vmdk|vhdx?)$/i.test(name);
}
