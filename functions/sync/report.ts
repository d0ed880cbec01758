import * as z from "zod";
import { type ItemOutcome, itemOutcomeSchema } from "./model.ts";

const location = z.object({ bucket: z.string(), key: z.string() }).nullable();
const count = z.int().nonnegative();

export const totalsSchema = z.object({
  counts: z.record(itemOutcomeSchema.shape.status, count).describe("Items by what became of them"),
  filesMoved: count.describe("Objects that were written"),
  bytesMoved: count.describe("Bytes of those objects"),
});
/** What a sync has done, in numbers. */
export type SyncTotals = z.infer<typeof totalsSchema>;

export const syncReportSchema = z.object({
  vcenter: z.string().describe("Name of the vCenter profile; empty where the input names none"),
  libraryId: z.string().describe("As the input has it where the library was not found"),
  library: z.string().describe("Name of the library; as the input has it where it was not found"),
  status: z.enum(["SYNCHRONIZED", "FAILED", "PLANNED"]).describe("PLANNED: it was a dry run"),
  ...totalsSchema.shape,
  index: location.describe("lib.json, which another vCenter can subscribe to; null where none was written"),
  report: location.describe("The whole report, with a line for each item; null where it was not written"),
  error: z
    .object({ name: z.string().describe("One of docs/errors.md, or AWS's own"), message: z.string() })
    .nullable()
    .describe("Why the sync failed; null when it did not"),
});
/** Result of FinishSync and output of the execution. */
export type SyncReport = z.infer<typeof syncReportSchema>;

/** Detail of the events `Sync Succeeded` and `Sync Failed`. The lines for the items are in the report alone. */
export const syncEndedSchema = z.object({
  execution: z.string().describe("ARN of the execution"),
  ...syncReportSchema.shape,
});
export type SyncEnded = z.infer<typeof syncEndedSchema>;

/** A dry run moves nothing, although its outcomes say what would be moved. */
export function totalsOf(outcomes: ItemOutcome[], dryRun: boolean): SyncTotals {
  const moved = dryRun ? [] : outcomes;
  return {
    counts: countsOf((status) => outcomes.filter((outcome) => outcome.status === status).length),
    filesMoved: moved.reduce((sum, { filesMoved }) => sum + filesMoved, 0),
    bytesMoved: moved.reduce((sum, { bytesMoved }) => sum + bytesMoved, 0),
  };
}

export function addTotals(a: SyncTotals, b: SyncTotals): SyncTotals {
  return {
    counts: countsOf((status) => a.counts[status] + b.counts[status]),
    filesMoved: a.filesMoved + b.filesMoved,
    bytesMoved: a.bytesMoved + b.bytesMoved,
  };
}

function countsOf(count: (status: ItemOutcome["status"]) => number): SyncTotals["counts"] {
  const statuses = itemOutcomeSchema.shape.status.options;
  // The statuses are all of the record's keys.
  return Object.fromEntries(statuses.map((status) => [status, count(status)])) as SyncTotals["counts"];
}
