import * as z from "zod";
import { totalsSchema } from "./report.ts";

/**
 * The data that the states of statemachine/sync-library.asl.json hand to each other. It does not grow with the
 * library: what is known of the items waits in the bucket, page by page.
 */
export const syncPlanSchema = z.object({
  /** Name of the vCenter profile. */
  vcenter: z.string(),
  /** Name of the sync's execution. */
  run: z.string().min(1),
  libraryId: z.string(),
  libraryName: z.string(),
  bucket: z.string(),
  /** Empty, or ends with `/`. */
  prefix: z.string(),
  include: z.array(z.string()),
  exclude: z.array(z.string()),
  requireChecksum: z.boolean(),
  onDelete: z.enum(["keep", "mark", "delete"]),
  includeUncached: z.boolean(),
  index: z.boolean(),
  toleratedFailurePercentage: z.number(),
  dryRun: z.boolean(),
  /** At least one. */
  pages: z.int().min(1),
  /** Items exported at the same time. */
  itemConcurrency: z.int().min(1),
  /** Files of one item moved at the same time. */
  filesPerItem: z.int().min(1),
});
/** Result of ListLibrary: the same for every page. */
export type SyncPlan = z.infer<typeof syncPlanSchema>;

const itemToExportSchema = z.object({ index: z.int(), libraryItemId: z.string(), name: z.string() });

/** What Step Functions hands to a Catch. */
const failureSchema = z.object({ Error: z.string(), Cause: z.string() });

export const pageSchema = z.object({
  number: z.int().nonnegative(),
  /** Items that an export is started for. */
  exports: z.array(itemToExportSchema),
  hasExports: z.boolean(),
  /** Whether items are to be marked or deleted. */
  hasRetirements: z.boolean(),
  /** Why its exports could not be started or gone on with, all together; the other pages have theirs. */
  failure: failureSchema.nullable(),
});
/** Result of PlanPage; `failure` is of ExportItems. */
export type Page = z.infer<typeof pageSchema>;

/** What one child of ExportItems returns. */
const itemResultSchema = z.object({
  index: z.int(),
  status: z.string(),
  error: z.object({ name: z.string(), message: z.string() }).nullable(),
});
export type ItemResult = z.infer<typeof itemResultSchema>;

export const recordedSchema = z.object({
  /** Number of the next page. */
  next: z.int(),
  /** Whether there is one that is to be gone on with. */
  more: z.boolean(),
  /** Why the sync cannot go on: a log-in that was refused. */
  failure: failureSchema.nullable(),
  /** Of this page and all before it. */
  totals: totalsSchema,
});
/** Result of RecordPage. */
export type Recorded = z.infer<typeof recordedSchema>;

/** What the states hold. */
export const syncStateSchema = z.object({
  run: z.string().min(1),
  input: z.unknown(),
  /** Null until ListLibrary succeeded. */
  sync: syncPlanSchema.nullable(),
  /** Null until PlanPage succeeded. */
  page: pageSchema.nullable(),
  /** What a child that could not catch its failure leaves among them is not documented, and is no result. */
  results: z.array(z.unknown()).transform((values) => {
    return values.flatMap((value) => itemResultSchema.safeParse(value).data ?? []);
  }),
  recorded: recordedSchema.nullable(),
  failure: failureSchema.nullable(),
});
export type SyncState = z.infer<typeof syncStateSchema>;

export const plannedStateSchema = syncStateSchema.extend({ sync: syncPlanSchema });
export const pageStateSchema = plannedStateSchema.extend({ page: pageSchema });

/** What one child of ExportItems starts with, and what its Catch adds. */
export const itemStateSchema = z.object({
  sync: syncPlanSchema,
  item: itemToExportSchema,
  /** ARN of the sync's execution. */
  execution: z.string(),
});
export const failedItemSchema = itemStateSchema.extend({ failure: failureSchema });
