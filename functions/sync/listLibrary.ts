import { checkBucket } from "../catalog/bucket.ts";
import { LibraryNotFound, NotFound } from "../errors.ts";
import { chooseDestination } from "../export/destination.ts";
import { findLibrary } from "../export/findItem.ts";
import { logInFresh } from "../export/logInFresh.ts";
import { catalogOf } from "../export/run.ts";
import type { Services } from "../services.ts";
import type { Library, VcenterClient } from "../vsphere/model.ts";
import { parseSyncInput, type SyncRequest } from "./input.ts";
import type { PageEntry } from "./model.ts";
import { openSyncRecords, PAGE_SIZE } from "./records.ts";
import type { SyncPlan } from "./state.ts";
import { readStoredItems, type StoredItems } from "./storedItems.ts";

/**
 * Finds the library, lists its items and what the bucket has of them, and puts both side by side in pages.
 * @throws InvalidInput, ProfileNotFound, DestinationNotAllowed, DestinationDenied, LibraryNotFound, NameNotUnique,
 * and vCenter's errors
 */
export async function listLibrary(run: string, input: unknown, services: Services): Promise<SyncPlan> {
  const request = parseSyncInput(input);
  const profile = await services.profile(request.vcenter);
  const destination = chooseDestination(request, profile, services.settings);
  await checkBucket(catalogOf(destination, services));

  const client = await logInFresh(profile, services);
  const { library, listed } = await listItems(client, request).finally(() => client.logOut());
  const place = {
    vcenter: request.vcenter,
    run,
    libraryId: library.id,
    libraryName: library.name,
    ...destination,
  };
  const stored = await readStoredItems(place, services);
  const ids = inOrder(listed, stored);

  const pages = Math.max(1, Math.ceil(ids.length / PAGE_SIZE));
  const records = openSyncRecords(place, services);
  for (let page = 0; page < pages; page++) {
    const onPage = ids.slice(page * PAGE_SIZE, (page + 1) * PAGE_SIZE);
    const entries = onPage.map(({ libraryItemId, listed }): PageEntry => {
      return { libraryItemId, listed, stored: stored.of(libraryItemId) };
    });
    await records.entries.write(page, entries);
  }
  const slots = Math.max(
    1,
    Math.floor(profile.maxTransfers / Math.min(profile.readers, profile.maxTransfers)),
  );
  const itemConcurrency = Math.min(request.maxConcurrency, slots);
  return {
    ...place,
    include: request.include,
    exclude: request.exclude,
    requireChecksum: request.requireChecksum,
    onDelete: safeOnDelete(request, listed, library, services),
    includeUncached: request.includeUncached,
    index: request.index,
    toleratedFailurePercentage: request.toleratedFailurePercentage,
    dryRun: request.dryRun,
    pages,
    itemConcurrency,
    filesPerItem: Math.max(1, Math.floor(slots / itemConcurrency)),
  };
}

async function listItems(client: VcenterClient, { library, libraryId }: SyncRequest) {
  const found =
    libraryId === undefined ? await findLibrary(client, library ?? "") : await byId(client, libraryId);
  return { library: found, listed: await client.listItems(found.id) };
}

async function byId(client: VcenterClient, libraryId: string): Promise<Library> {
  try {
    return await client.getLibrary(libraryId);
  } catch (error) {
    if (!(error instanceof NotFound)) throw error;
    throw new LibraryNotFound(`vCenter has no library with the id "${libraryId}" that this user can see`, {
      cause: error,
    });
  }
}

/** What vCenter has no more comes first, so that its names are free for the items that follow. */
function inOrder(listed: string[], { ids }: StoredItems): Pick<PageEntry, "libraryItemId" | "listed">[] {
  const present = new Set(listed);
  const gone = [...ids].filter((id) => !present.has(id)).sort();
  return [
    ...gone.map((libraryItemId) => ({ libraryItemId, listed: false })),
    ...[...present].map((libraryItemId) => ({ libraryItemId, listed: true })),
  ];
}

/** A library that suddenly seems empty is more often one whose items the user may not see any more. */
function safeOnDelete({ onDelete }: SyncRequest, listed: string[], { name }: Library, { log }: Services) {
  if (listed.length > 0 || onDelete === "keep") return onDelete;
  log.warn("vCenter lists no item at all, so nothing in the bucket is marked or deleted", { library: name });
  return "keep";
}
