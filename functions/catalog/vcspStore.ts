import { isDeepStrictEqual } from "node:util";
import { DestinationChanged, ObjectExists } from "../errors.ts";
import { forEachInParallel, inParallel } from "../inParallel.ts";
import type { CatalogBucket } from "./bucket.ts";
import { IndexBuilder } from "./indexBuilder.ts";
import { objectUrl } from "./keys.ts";
import { deleteObject, getText, putJson, putText } from "./objects.ts";
import {
  type IndexEntry,
  type IndexSource,
  itemUrnOf,
  type KeptItem,
  keyOf,
  libraryUrnOf,
  parseItems,
  parseLibrary,
} from "./vcsp.ts";

const ATTEMPTS = 5;
const WRITES_AT_ONCE = 16;
/** User metadata of items.json: a crash before lib.json would otherwise hide that the library changed. */
const LIBRARY_VERSION = "library-version";

/** What a mirrored library consists of. */
export interface IndexedLibrary extends IndexSource {
  /** Of the library's keys. */
  folder: string;
  /** At most one for each item. They are asked for once more when another writer was faster. */
  entries(): AsyncGenerator<IndexEntry | KeptItem>;
  /** Ids of the items that were looked at: what the index says of others stays. Absent: all of the library's. */
  lookedAt?: ReadonlySet<string>;
}

/**
 * Brings the index of a mirrored library up to date: item.json of each item that changed, then items.json, and
 * lib.json last, so that a subscriber who comes in between finds nothing that is not there. What has not changed
 * is not written. Two writers at once settle it by ETag: the one that was slower reads again.
 * @param now milliseconds since the epoch
 * @returns the key of lib.json, and how many objects were written
 * @throws ObjectExists when another library's index is there
 */
export async function updateIndex(
  catalog: CatalogBucket,
  library: IndexedLibrary,
  now: number,
): Promise<{ key: string; written: number }> {
  for (let attempt = 1; ; attempt++) {
    try {
      const written = await writeIndex(catalog, library, now);
      return { key: `${library.folder}lib.json`, written };
    } catch (error) {
      if (!(error instanceof DestinationChanged) || attempt === ATTEMPTS) throw error;
    }
  }
}

async function writeIndex(catalog: CatalogBucket, source: IndexedLibrary, now: number): Promise<number> {
  const { folder, entries, lookedAt } = source;
  const stored = await readIndex(catalog, source);
  const builder = new IndexBuilder(source, stored, now);
  let written = 0;
  await forEachInParallel(WRITES_AT_ONCE, entries(), async (entry) => {
    if ("objects" in entry) return builder.keep(entry);
    const item = builder.add(entry);
    if (item === undefined) return;
    await putJson(catalog, `${folder}${keyOf(item.selfHref)}`, item, "*");
    written += 1;
  });
  const known = lookedAt && new Set([...lookedAt].map((id) => itemUrnOf(source, id)));
  builder.addNoMore((id) => known !== undefined && !known.has(id));

  const library = builder.library();
  if (stored.itemsETag === null || !builder.sameItems) {
    const metadata = { [LIBRARY_VERSION]: library.version };
    await putText(catalog, `${folder}items.json`, builder.itemsText(), stored.itemsETag, metadata);
    written += 1;
  }
  if (!isDeepStrictEqual(library, stored.library)) {
    await putJson(catalog, `${folder}lib.json`, library, stored.libraryETag);
    written += 1;
  }
  await inParallel(WRITES_AT_ONCE, builder.droppedHrefs(), (href) =>
    deleteObject(catalog, `${folder}${keyOf(href)}`),
  );
  return written;
}

async function readIndex(catalog: CatalogBucket, source: IndexedLibrary) {
  const libraryKey = `${source.folder}lib.json`;
  const storedLibrary = await getText(catalog, libraryKey);
  const storedItems = await getText(catalog, `${source.folder}items.json`);
  const library = storedLibrary && parseLibrary(storedLibrary.text);
  if (storedLibrary !== undefined && library?.id !== libraryUrnOf(source)) {
    throw new ObjectExists(
      `${objectUrl({ bucket: catalog.bucket, key: libraryKey })} is not the index of this library: choose another ` +
        "prefix, remove it, or sync with index: false",
    );
  }
  const given = [library?.version, storedItems?.metadata[LIBRARY_VERSION]].map((text) => Number(text ?? 0));
  return {
    library,
    items: storedItems === undefined ? new Map<string, string>() : parseItems(storedItems.text),
    libraryVersion: Math.max(0, ...given.filter(Number.isSafeInteger)),
    libraryETag: storedLibrary?.etag ?? null,
    itemsETag: storedItems?.etag ?? null,
  };
}
