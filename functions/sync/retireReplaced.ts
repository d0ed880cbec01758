import type { IndexEntry, KeptItem } from "../catalog/vcsp.ts";
import { catalogOf } from "../export/run.ts";
import { inParallel } from "../inParallel.ts";
import type { Services } from "../services.ts";
import { attempt } from "./attempt.ts";
import { indexBeforeDeleting } from "./mirrorIndex.ts";
import type { ItemOutcome, PlannedItem } from "./model.ts";
import { isMarked, retire } from "./retire.ts";
import { retireFiles } from "./retireFiles.ts";
import type { SyncPlan } from "./state.ts";

const ITEMS_AT_ONCE = 16;

/** What became of an item, and what the index is to say of it. */
export interface RecordedItem {
  outcome: ItemOutcome;
  entry?: IndexEntry | KeptItem | undefined;
  /** Set where all that the item has is in the bucket, and its descriptor was asked: what it has no more may go. */
  whole?: PlannedItem | undefined;
}

/**
 * Marks or deletes what items that are whole have under earlier names, and files that they have no more; of these, the
 * outcomes tell how many. What is deleted leaves the index first. An item of which something cannot be removed has
 * failed, and the next sync comes back to it; what the others have done is as true as before.
 */
export async function retireReplaced(
  sync: SyncPlan,
  items: RecordedItem[],
  services: Services,
): Promise<void> {
  const { onDelete, dryRun } = sync;
  if (dryRun || onDelete === "keep") return;
  const catalog = catalogOf(sync, services);
  const now = new Date(services.clock.now()).toISOString();
  const due = items.flatMap(({ outcome, entry, whole }) =>
    whole && whole.superseded.length + whole.removed.length > 0 ? { ...whole, outcome, entry } : [],
  );
  const indexed = await attempt(async () => {
    if (onDelete === "delete") await indexBeforeDeleting(sync, due, services);
  });
  await inParallel(ITEMS_AT_ONCE, due, async ({ superseded, stored, removed, outcome }) => {
    outcome.filesRetired = 0;
    const error =
      indexed ??
      (await attempt(async () => {
        for (const old of superseded)
          if (onDelete === "delete" || !isMarked(old)) await retire(catalog, old, onDelete, now);
        if (stored !== null)
          outcome.filesRetired = await retireFiles(catalog, stored, removed, onDelete, now);
      }));
    if (error !== null) Object.assign(outcome, { status: "FAILED", error });
  });
}
