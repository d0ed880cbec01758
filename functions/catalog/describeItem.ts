import { isDeepStrictEqual } from "node:util";
import {
  hrefOf,
  type IndexEntry,
  type IndexSource,
  itemJsonKey,
  itemUrnOf,
  libraryUrnOf,
  timestamp,
  type VcspItem,
} from "./vcsp.ts";

/**
 * What the index says of an item: `previous` itself where that is still true. Else its version grows by one, and its
 * content version if the files are others.
 * @param firstVersion of an item that was not there
 * @param now milliseconds since the epoch
 */
export function describeItem(
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
    id: itemUrnOf(source, entry.libraryItemId),
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
      id: itemUrnOf(source, entry.libraryItemId),
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
