import { isDeepStrictEqual } from "node:util";
import {
  hrefOf,
  type IndexEntry,
  type IndexSource,
  itemJsonKey,
  itemUrnOf,
  libraryUrnOf,
  type VcspItem,
  type VcspLibrary,
} from "./vcsp.ts";

export interface Index {
  library: VcspLibrary;
  items: VcspItem[];
}

/**
 * The index of a mirrored library. Ids follow from the source's and stay; a version grows by one when, and only
 * when, what it stands for is another than in `previous`.
 * @param previous as it was read; `items` empty and `library` undefined where there is none
 * @param libraryVersion the greatest that was ever given; 0 for none
 * @param now milliseconds since the epoch
 */
export function buildIndex(
  source: IndexSource,
  entries: IndexEntry[],
  previous: { library: VcspLibrary | undefined; items: VcspItem[] },
  libraryVersion: number,
  now: number,
): Index {
  const libraryUrn = libraryUrnOf(source);
  const earlier = new Map(previous.items.map((item) => [item.id, item]));
  // An item that comes back must not have a version that it had: the library's is above all of them.
  const firstVersion = String(libraryVersion + 1);
  const items = oneForEachId(entries)
    .map((entry) => describeItem(source, entry, earlier.get(itemUrnOf(source, entry)), firstVersion, now))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const unchanged = previous.library?.name === source.libraryName && isDeepStrictEqual(items, previous.items);
  const library = {
    vcspVersion: "2",
    version: String(unchanged ? Math.max(1, libraryVersion) : libraryVersion + 1),
    contentVersion: "1",
    name: source.libraryName,
    id: libraryUrn,
    created: previous.library?.created ?? timestamp(now),
    capabilities: { transferIn: ["httpGet"], transferOut: ["httpGet"] },
    itemsHref: "items.json",
  };
  return { library, items };
}

/** A renamed item may be there twice: under its present name, it is the item. */
function oneForEachId(entries: IndexEntry[]): IndexEntry[] {
  const byId = new Map<string, IndexEntry>();
  for (const entry of entries) {
    if (entry.isCurrent || !byId.has(entry.libraryItemId)) byId.set(entry.libraryItemId, entry);
  }
  return [...byId.values()];
}

function describeItem(
  source: IndexSource,
  entry: IndexEntry,
  previous: VcspItem | undefined,
  firstVersion: string,
  now: number,
): VcspItem {
  if (previous === undefined) {
    const versions = { version: firstVersion, contentVersion: firstVersion };
    return itemObject(source, entry, { created: timestamp(now), ...versions });
  }
  const same = itemObject(source, entry, previous);
  if (isDeepStrictEqual(same, previous)) return previous;
  const sameFiles = isDeepStrictEqual(same.files, previous.files);
  return itemObject(source, entry, {
    created: previous.created,
    version: next(previous.version),
    contentVersion: sameFiles ? previous.contentVersion : next(previous.contentVersion),
  });
}

function itemObject(
  source: IndexSource,
  entry: IndexEntry,
  { created, version, contentVersion }: Pick<VcspItem, "created" | "version" | "contentVersion">,
): VcspItem {
  const id = itemUrnOf(source, entry);
  const files = entry.files.map(({ name, key, size, etag, generation }) => ({
    name,
    size,
    etag,
    hrefs: [hrefOf(key)],
    generationNum: generation,
  }));
  const item = {
    created,
    description: "",
    version,
    contentVersion,
    id,
    // vCenter takes no longer names from an index; the generators cut them alike.
    name: [...entry.name].slice(0, 80).join(""),
    type: `vcsp.${entry.type}`,
    properties: {},
    selfHref: hrefOf(itemJsonKey(entry)),
    files,
  };
  return entry.type === "ovf" ? { ...item, metadata: [ovfMetadata(source, entry, contentVersion)] } : item;
}

/** What vCenter keeps of an OVF template; its value is JSON within JSON. */
function ovfMetadata(source: IndexSource, entry: IndexEntry, contentVersion: string) {
  return {
    key: "type-metadata",
    value: JSON.stringify({
      id: itemUrnOf(source, entry),
      version: contentVersion,
      libraryIdParent: libraryUrnOf(source),
      isVappTemplate: String(entry.isVappTemplate),
      vmTemplate: null,
      vappTemplate: null,
      networks: [],
      storagePolicyGroups: null,
    }),
    type: "String",
    domain: "SYSTEM",
    visibility: "READONLY",
  };
}

function next(version: string): string {
  const number = Number(version);
  return String(Number.isSafeInteger(number) ? number + 1 : 1);
}

/** To the minute: the format has no seconds. */
function timestamp(now: number): string {
  return `${new Date(now).toISOString().slice(0, 16)}Z`;
}
