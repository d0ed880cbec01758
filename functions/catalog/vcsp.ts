import * as z from "zod";
import { stableUuid } from "../stableUuid.ts";

/** What the index says of an item, before it has versions. */
export const indexEntrySchema = z.object({
  libraryItemId: z.string(),
  name: z.string(),
  type: z.enum(["ovf", "iso", "other"]),
  isVappTemplate: z.boolean(),
  /** Of the item's keys, within the library's folder; ends with `/`. */
  folder: z.string(),
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

/** An item of which the index is to say what it said, if these are the objects that it speaks of. */
export const keptItemSchema = z.object({
  libraryItemId: z.string(),
  objects: z.array(
    z.object({
      /** Within the library's folder. */
      key: z.string(),
      /** Without quotes. */
      etag: z.string(),
    }),
  ),
});
export type KeptItem = z.infer<typeof keptItemSchema>;

/**
 * VCSP version 2, the format by which a vCenter subscribes to a library over HTTP. There is no specification: it is
 * what the index generators in lamw/vmware-scripts write and vSphere reads. `etag` is an opaque mark of change.
 */
const vcspItemSchema = z.looseObject({
  created: z.string(),
  version: z.string(),
  contentVersion: z.string(),
  id: z.string(),
  selfHref: z.string().refine(isItemHref),
  files: z.array(
    z.looseObject({ name: z.string(), size: z.number(), etag: z.string(), hrefs: z.array(z.string()) }),
  ),
});
export type VcspItem = z.infer<typeof vcspItemSchema>;

const vcspItemsSchema = z.object({ items: z.array(z.unknown()) });
const vcspLibrarySchema = z.looseObject({
  version: z.string(),
  name: z.string(),
  id: z.string(),
  created: z.string(),
});
export type VcspLibrary = z.infer<typeof vcspLibrarySchema>;

export interface IndexSource {
  /** Name of the vCenter profile. */
  vcenter: string;
  libraryId: string;
  libraryName: string;
}

/** Not the source's own id: the mirror is another library, which a vCenter may have beside the source. */
export function libraryUrnOf({ vcenter, libraryId }: IndexSource): string {
  return `urn:uuid:${stableUuid("library", vcenter, libraryId)}`;
}

/** The JSON of each item of items.json, by id and in its order; of what is none of this format, nothing. */
export function parseItems(text: string): Map<string, string> {
  const texts = new Map<string, string>();
  for (const value of vcspItemsSchema.safeParse(parseJson(text)).data?.items ?? []) {
    const item = vcspItemSchema.safeParse(value).data;
    if (item !== undefined) texts.set(item.id, JSON.stringify(item));
  }
  return texts;
}

/** @returns undefined when the text is none of this format */
export function parseItem(text: string): VcspItem | undefined {
  return vcspItemSchema.safeParse(parseJson(text)).data;
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

/** The key that an `hrefOf` was made of. @throws URIError where the text is none */
export function keyOf(href: string): string {
  return href.split("/").map(decodeURIComponent).join("/");
}

/** Objects are written and deleted by it: an index that somebody changed must not lead to any others. */
function isItemHref(href: string): boolean {
  try {
    return /(^|\/)\.?item\.json$/.test(keyOf(href));
  } catch {
    return false;
  }
}

export function itemUrnOf({ vcenter }: IndexSource, libraryItemId: string): string {
  return `urn:uuid:${stableUuid("item", vcenter, libraryItemId)}`;
}

/** To the minute: the format has no seconds. */
export function timestamp(now: number): string {
  return `${new Date(now).toISOString().slice(0, 16)}Z`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
