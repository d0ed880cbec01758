import type { FileError } from "../workflow.ts";
import type { ItemOutcome, PlannedItem, StoredItem } from "./model.ts";
import type { ItemResult } from "./state.ts";

/** A line of the report. */
export function outcomeOf(
  { libraryItemId, name, action }: PlannedItem,
  status: ItemOutcome["status"],
  changes: Partial<Pick<ItemOutcome, "filesMoved" | "bytesMoved" | "filesRetired" | "error">> = {},
): ItemOutcome {
  const none = { filesMoved: 0, bytesMoved: 0, filesRetired: 0, error: null };
  return { libraryItemId, item: name, action, status, ...none, ...changes };
}

export function statusWithoutExport({ action }: PlannedItem): "NOT_CACHED" | "NOT_EXPORTABLE" {
  return action === "NOT_CACHED" ? "NOT_CACHED" : "NOT_EXPORTABLE";
}

/** @param failure why the exports of the page failed, all together */
export function errorOf(result: ItemResult | undefined, failure: FileError | null): FileError | null {
  if (result !== undefined) return result.error;
  return failure ?? { name: "InternalError", message: "The item's part of the sync ended without a result" };
}

/** Objects that an export has written, and their bytes. */
export function movedBetween(before: StoredItem | null, after: StoredItem | null) {
  const etags = new Map(before?.manifest.files.map(({ name, etag }) => [name, etag]));
  const intact = new Set(before?.intact);
  const moved = (after?.manifest.files ?? []).filter(
    ({ name, etag }) => etags.get(name) !== etag || !intact.has(name),
  );
  return { filesMoved: moved.length, bytesMoved: moved.reduce((sum, { size }) => sum + size, 0) };
}
