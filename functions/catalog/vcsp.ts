import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { stableUuid } from "../stableUuid.ts";

/** What the index says of an item, before it has versions. */
export const indexEntrySchema = z.object({
  libraryItemId: z.string(),
  name: z.string(),
  type: z.enum(["ovf", "iso", "other"]),
  isVappTemplate: z.boolean(),
  /** Of the item's keys, within the library's folder; ends with `/`. */
  folder: z.string(),
  /** False for what the bucket holds of the item under an earlier name. */
  isCurrent: z.boolean(),
  files: z.array(
    z.object({
      name: z.string(),
      /** Within the library's folder. */
      key: z.string(),
      /** Bytes. */
      size: z.number(),
      /** Without quotes. */
      etag: z.string(),
      /** Seconds since the epoch, since when this object is there. */
      generation: z.int(),
    }),
  ),
});
export type IndexEntry = z.infer<typeof indexEntrySchema>;

/**
 * VCSP version 2, the format by which a vCenter subscribes to a library over HTTP. There is no specification: it is
 * what the index generators in lamw/vmware-scripts write and vSphere reads. `etag` is an opaque mark of change.
 */
const vcspItemSchema = z.looseObject({
  created: z.string(),
  version: z.string(),
  contentVersion: z.string(),
  id: z.string(),
  selfHref: z.string(),
  files: z.array(z.looseObject({ name: z.string(), size: z.number(), etag: z.string() })),
});
export type VcspItem = z.infer<typeof vcspItemSchema>;

const vcspItemsSchema = z.object({ items: z.array(vcspItemSchema) });
const vcspLibrarySchema = z.looseObject({
  version: z.string(),
  name: z.string(),
  id: z.string(),
  created: z.string(),
});
export type VcspLibrary = z.infer<typeof vcspLibrarySchema>;

export interface Index {
  library: VcspLibrary;
  items: VcspItem[];
}

export interface IndexSource {
  /** Name of the vCenter profile. */
  vcenter: string;
  libraryId: string;
  libraryName: string;
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
    .map((entry) => describeItem(source, entry, earlier.get(itemUrn(source, entry)), firstVersion, now))
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

/** Not the source's own id: the mirror is another library, which a vCenter may have beside the source. */
export function libraryUrnOf({ vcenter, libraryId }: IndexSource): string {
  return `urn:uuid:${stableUuid("library", vcenter, libraryId)}`;
}

/** @returns undefined when the text is none of this format */
export function parseItems(text: string): VcspItem[] | undefined {
  return vcspItemsSchema.safeParse(parseJson(text)).data?.items;
}

/** @returns undefined when the text is none of this format */
export function parseLibrary(text: string): VcspLibrary | undefined {
  return vcspLibrarySchema.safeParse(parseJson(text)).data;
}

/** Where an item's own file of the index is, within the library's folder. */
export function itemJsonKey({ folder, files }: Pick<IndexEntry, "folder" | "files">): string {
  // A file of the item may have the name: its object is not to be replaced.
  const taken = files.some(({ key }) => key === `${folder}item.json`);
  return `${folder}${taken ? ".item.json" : "item.json"}`;
}

/** A key as a relative reference: what would act in a URL is encoded, the `%` of an encoded name as well. */
export function hrefOf(key: string): string {
  return key.split("/").map(encodeURIComponent).join("/");
}

/** The key that an `hrefOf` was made of. */
export function keyOf(href: string): string {
  return href.split("/").map(decodeURIComponent).join("/");
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
  const id = itemUrn(source, entry);
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
      id: itemUrn(source, entry),
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

function itemUrn({ vcenter }: IndexSource, { libraryItemId }: IndexEntry): string {
  return `urn:uuid:${stableUuid("item", vcenter, libraryItemId)}`;
}

function next(version: string): string {
  const number = Number(version);
  return String(Number.isSafeInteger(number) ? number + 1 : 1);
}

/** To the minute: the format has no seconds. */
function timestamp(now: number): string {
  return `${new Date(now).toISOString().slice(0, 16)}Z`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
