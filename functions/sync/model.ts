import * as z from "zod";
import { manifestSchema } from "../catalog/manifest.ts";
import { indexEntrySchema, keptItemSchema } from "../catalog/vcsp.ts";

/** What the bucket holds of one item: its manifest, and whether the objects that it names are there. */
export const storedItemSchema = z.object({
  /** Of the item's keys; ends with `/`. */
  folder: z.string(),
  manifest: manifestSchema,
  /** Names of the manifest's files whose object is there, with the ETag that the manifest has. */
  intact: z.array(z.string()),
});
export type StoredItem = z.infer<typeof storedItemSchema>;

/** One item of vCenter's, or one that only the bucket has, with what the bucket holds under its id. */
export const pageEntrySchema = z.object({
  libraryItemId: z.string(),
  /** Whether vCenter listed it. */
  listed: z.boolean(),
  /** Several when the item was renamed. */
  stored: z.array(storedItemSchema),
});
export type PageEntry = z.infer<typeof pageEntrySchema>;

/**
 * NEW, CHANGED, RENAMED: to be exported. UNCHANGED: every file is there as vCenter has it. NOT_EXPORTABLE: nothing
 * can be downloaded (a VM template, an item without files). NOT_CACHED: content is still at the publisher. GONE:
 * vCenter has the item no more.
 */
export const actionSchema = z.enum([
  "NEW",
  "CHANGED",
  "RENAMED",
  "UNCHANGED",
  "NOT_EXPORTABLE",
  "NOT_CACHED",
  "GONE",
]);
export type Action = z.infer<typeof actionSchema>;

export const plannedItemSchema = z.object({
  /** Within the whole sync. */
  index: z.int(),
  libraryItemId: z.string(),
  name: z.string(),
  type: z.string(),
  action: actionSchema,
  /** Of the item's keys under its present name. */
  folder: z.string(),
  /** Names of the files that the item has in vCenter now, without those that the sync leaves out. */
  files: z.array(z.string()),
  /** Names of the files that the bucket has in `folder` and the item in vCenter has no more, if that changes anything. */
  removed: z.array(z.string()),
  /** Bytes that are to be moved, as far as vCenter tells before. */
  bytes: z.number(),
  /** What the bucket holds in `folder`. */
  stored: storedItemSchema.nullable(),
  /** What it holds of the item in folders that it does not belong to (any more). */
  superseded: z.array(storedItemSchema),
});
export type PlannedItem = z.infer<typeof plannedItemSchema>;

const itemErrorSchema = z.object({ name: z.string(), message: z.string() });

/** What became of an item: a line of the report. */
export const itemOutcomeSchema = z.object({
  libraryItemId: z.string(),
  item: z.string(),
  action: actionSchema,
  /** KEPT, MARKED, DELETED: items that vCenter has no more. PLANNED: a dry run would do something. */
  status: z.enum([
    "EXPORTED",
    "UNCHANGED",
    "FAILED",
    "NOT_EXPORTABLE",
    "NOT_CACHED",
    "KEPT",
    "MARKED",
    "DELETED",
    "PLANNED",
  ]),
  /** Objects that were written, and their bytes; of a dry run, the bytes that would be. */
  filesMoved: z.int(),
  bytesMoved: z.number(),
  /** Files that an item which stays has no more, and that were marked or deleted; of a dry run, that would be. */
  filesRetired: z.int().default(0),
  error: itemErrorSchema.nullable(),
});
export type ItemOutcome = z.infer<typeof itemOutcomeSchema>;

/** What one page of the sync leaves behind for its end. */
export const pageResultSchema = z.object({
  outcomes: z.array(itemOutcomeSchema),
  /** What the index says of the page's items. */
  entries: z.array(z.union([indexEntrySchema, keptItemSchema])),
});
export type PageResult = z.infer<typeof pageResultSchema>;
