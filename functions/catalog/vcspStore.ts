import { isDeepStrictEqual } from "node:util";
import { DestinationChanged, ObjectExists } from "../errors.ts";
import type { CatalogBucket } from "./bucket.ts";
import { buildIndex } from "./buildIndex.ts";
import { objectUrl } from "./keys.ts";
import { deleteObject, getText, putJson } from "./objects.ts";
import {
  type IndexEntry,
  type IndexSource,
  keyOf,
  libraryUrnOf,
  parseItems,
  parseLibrary,
  type VcspItem,
} from "./vcsp.ts";

const ATTEMPTS = 5;
const WRITES_AT_ONCE = 8;
/** User metadata of items.json: a crash before lib.json would otherwise hide that the library changed. */
const LIBRARY_VERSION = "library-version";

/**
 * Brings the index of a mirrored library up to date: item.json of each item that changed, then items.json, and
 * lib.json last, so that a subscriber who comes in between finds nothing that is not there. What has not changed
 * is not written. Two writers at once settle it by ETag: the one that was slower reads again.
 * @param folder of the library's keys
 * @returns the key of lib.json, and how many objects were written
 * @throws ObjectExists when another library's index is there
 */
export async function updateIndex(
  catalog: CatalogBucket,
  folder: string,
  source: IndexSource,
  entries: IndexEntry[],
  now: number,
): Promise<{ key: string; written: number }> {
  for (let attempt = 1; ; attempt++) {
    try {
      return { key: `${folder}lib.json`, written: await writeIndex(catalog, folder, source, entries, now) };
    } catch (error) {
      if (!(error instanceof DestinationChanged) || attempt === ATTEMPTS) throw error;
    }
  }
}

async function writeIndex(
  catalog: CatalogBucket,
  folder: string,
  source: IndexSource,
  entries: IndexEntry[],
  now: number,
): Promise<number> {
  const libraryKey = `${folder}lib.json`;
  const itemsKey = `${folder}items.json`;
  const storedLibrary = await getText(catalog, libraryKey);
  const storedItems = await getText(catalog, itemsKey);
  const library = storedLibrary && parseLibrary(storedLibrary.text);
  if (storedLibrary !== undefined && library?.id !== libraryUrnOf(source)) {
    throw new ObjectExists(
      `${objectUrl({ bucket: catalog.bucket, key: libraryKey })} is not the index of this library: choose another ` +
        "prefix, remove it, or sync with index: false",
    );
  }
  const items = (storedItems && parseItems(storedItems.text)) ?? [];
  const given = [library?.version, storedItems?.metadata[LIBRARY_VERSION]].map((text) => Number(text ?? 0));
  const libraryVersion = Math.max(0, ...given.filter(Number.isSafeInteger));
  const index = buildIndex(source, entries, { library, items }, libraryVersion, now);

  const changed = changedItems(index.items, items);
  await inBatches(changed, (item) => putJson(catalog, `${folder}${keyOf(item.selfHref)}`, item, "*"));
  let written = changed.length;
  if (storedItems === undefined || !isDeepStrictEqual(index.items, items)) {
    const metadata = { [LIBRARY_VERSION]: index.library.version };
    await putJson(catalog, itemsKey, { items: index.items }, storedItems?.etag ?? null, metadata);
    written += 1;
  }
  if (!isDeepStrictEqual(index.library, library)) {
    await putJson(catalog, libraryKey, index.library, storedLibrary?.etag ?? null);
    written += 1;
  }
  const kept = new Set(index.items.map(({ selfHref }) => selfHref));
  const dropped = items.filter(({ selfHref }) => !kept.has(selfHref));
  await inBatches(dropped, (item) => deleteObject(catalog, `${folder}${keyOf(item.selfHref)}`));
  return written;
}

function changedItems(items: VcspItem[], previous: VcspItem[]): VcspItem[] {
  const before = new Map(previous.map((item) => [item.id, item]));
  return items.filter((item) => !isDeepStrictEqual(item, before.get(item.id)));
}

async function inBatches<T>(items: T[], work: (item: T) => Promise<void>): Promise<void> {
  for (let at = 0; at < items.length; at += WRITES_AT_ONCE) {
    await Promise.all(items.slice(at, at + WRITES_AT_ONCE).map(work));
  }
}
