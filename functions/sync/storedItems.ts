import type { CatalogBucket } from "../catalog/bucket.ts";
import { libraryFolder } from "../catalog/keys.ts";
import { type Manifest, parseManifest } from "../catalog/manifest.ts";
import { getText, listObjects } from "../catalog/objects.ts";
import { ManifestUnreadable } from "../errors.ts";
import { catalogOf } from "../export/run.ts";
import { forEachInParallel } from "../inParallel.ts";
import type { Services } from "../services.ts";
import { type StoredItem, storedItemSchema } from "./model.ts";
import type { SyncPlan } from "./state.ts";

const READS_AT_ONCE = 32;
const MANIFEST = ".export.json";

/** Everything that the bucket has of a library, by the items' ids. */
export interface StoredItems {
  ids: Iterable<string>;
  /** What is stored under the id, in the order of the folders; empty where nothing is. */
  of(libraryItemId: string): StoredItem[];
}

/**
 * Reads what the bucket has of a library: one listing, and one reading for each manifest. Items of other libraries or
 * vCenters that lie in the same folder are left out: they are not this sync's.
 */
export async function readStoredItems(
  sync: Pick<SyncPlan, "bucket" | "prefix" | "vcenter" | "libraryId" | "libraryName">,
  services: Services,
): Promise<StoredItems> {
  const catalog = catalogOf(sync, services);
  // As text, which takes half the memory of the objects: there is one for each item of the library.
  const stored = new Map<string, string[]>();
  const folders = itemFolders(catalog, libraryFolder(sync.prefix, sync.libraryName));
  await forEachInParallel(READS_AT_ONCE, folders, async ({ folder, etags }) => {
    const manifest = await readManifest(`${folder}${MANIFEST}`);
    if (manifest?.vcenter !== sync.vcenter || manifest.library.id !== sync.libraryId) return;
    const intact = manifest.files.filter((file) => etags.get(file.key) === file.etag);
    const item: StoredItem = { folder, manifest, intact: intact.map(({ name }) => name) };
    const { libraryItemId } = manifest;
    stored.set(libraryItemId, [...(stored.get(libraryItemId) ?? []), JSON.stringify(item)]);
  });

  return {
    ids: stored.keys(),
    of: (libraryItemId) =>
      (stored.get(libraryItemId) ?? [])
        .map((text) => storedItemSchema.parse(JSON.parse(text)))
        .sort((a, b) => (a.folder < b.folder ? -1 : 1)),
  };

  async function readManifest(key: string): Promise<Manifest | undefined> {
    const found = await getText(catalog, key);
    try {
      return found && parseManifest(found.text, key);
    } catch (error) {
      if (!(error instanceof ManifestUnreadable)) throw error;
      // The export of the item that belongs there says so.
      services.log.warn("A manifest is not readable", { key });
      return undefined;
    }
  }
}

interface ItemFolder {
  /** Of the item's keys; ends with `/`. */
  folder: string;
  /** Of every object in it, by key. */
  etags: Map<string, string>;
}

/** The folders with a manifest, one after another: the order of the keys keeps what is in one together. */
async function* itemFolders(catalog: CatalogBucket, library: string): AsyncGenerator<ItemFolder> {
  let current: ItemFolder = { folder: "", etags: new Map() };
  for await (const { key, etag } of listObjects(catalog, library)) {
    const end = key.indexOf("/", library.length) + 1;
    if (end === 0) continue;
    const folder = key.slice(0, end);
    if (folder !== current.folder) {
      if (hasManifest(current)) yield current;
      current = { folder, etags: new Map() };
    }
    current.etags.set(key, etag);
  }
  if (hasManifest(current)) yield current;
}

function hasManifest({ folder, etags }: ItemFolder): boolean {
  return etags.has(`${folder}${MANIFEST}`);
}
