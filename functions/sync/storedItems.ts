import { libraryFolder } from "../catalog/keys.ts";
import { type Manifest, parseManifest } from "../catalog/manifest.ts";
import { getText, listObjects } from "../catalog/objects.ts";
import { ManifestUnreadable } from "../errors.ts";
import { inParallel } from "../export/inParallel.ts";
import { catalogOf } from "../export/run.ts";
import type { Services } from "../services.ts";
import type { StoredItem } from "./model.ts";
import type { SyncPlan } from "./state.ts";

const READS_AT_ONCE = 32;
const MANIFEST = ".export.json";

/**
 * Everything that the bucket has of a library, by the items' ids: one listing, and one reading for each manifest.
 * Items of other libraries or vCenters that lie in the same folder are left out: they are not this sync's.
 */
export async function readStoredItems(
  sync: Pick<SyncPlan, "bucket" | "prefix" | "vcenter" | "libraryId" | "libraryName">,
  services: Services,
): Promise<Map<string, StoredItem[]>> {
  const catalog = catalogOf(sync, services);
  const folder = libraryFolder(sync.prefix, sync.libraryName);
  const etags = new Map<string, string>();
  for await (const { key, etag } of listObjects(catalog, folder)) etags.set(key, etag);

  const manifestKeys = [...etags.keys()].filter((key) => isManifest(key.slice(folder.length)));
  const stored = await inParallel(READS_AT_ONCE, manifestKeys, async (key): Promise<StoredItem[]> => {
    const manifest = await readManifest(key);
    if (manifest?.vcenter !== sync.vcenter || manifest.library.id !== sync.libraryId) return [];
    const intact = manifest.files.filter((file) => etags.get(file.key) === file.etag);
    return [{ folder: key.slice(0, -MANIFEST.length), manifest, intact: intact.map(({ name }) => name) }];
  });
  return Map.groupBy(stored.flat(), ({ manifest }) => manifest.libraryItemId);

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

function isManifest(path: string): boolean {
  return path.endsWith(`/${MANIFEST}`) && path.indexOf("/") === path.lastIndexOf("/");
}
