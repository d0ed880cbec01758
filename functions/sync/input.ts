import * as z from "zod";
import { describeIssues } from "../config.ts";
import { InvalidInput } from "../errors.ts";
import { exportInputSchema } from "../input.ts";

const name = z.string().min(1);
const { vcenter, include, exclude, destination, requireChecksum, dryRun } = exportInputSchema.shape;

/** The input of a sync: the same for every trigger. As an export's, it never carries a host, URL or credential. */
export const syncInputSchema = z
  .strictObject({
    vcenter,
    library: name.optional().describe("Name of a library; or `libraryId`."),
    libraryId: name.optional(),
    destination,
    include,
    exclude,
    requireChecksum,
    onDelete: z
      .enum(["keep", "mark", "delete"])
      .default("keep")
      .describe(
        "What becomes of an item's objects when vCenter has the item no more: `keep` leaves them and their place in " +
          "the index, `mark` leaves them but takes the item out of the index, `delete` removes them. The same for a " +
          "single file that an item has no more, except that no index lists it.",
      ),
    includeUncached: z
      .boolean()
      .default(false)
      .describe("Exports items as well whose content vCenter has to fetch from their publisher first."),
    index: z.boolean().default(true).describe("Writes the index that another vCenter can subscribe to."),
    maxConcurrency: z
      .int()
      .min(1)
      .max(40)
      .default(4)
      .describe("Items exported at the same time. The profile's `maxTransfers` bounds it, over all items."),
    toleratedFailurePercentage: z
      .number()
      .min(0)
      .max(100)
      .default(0)
      .describe(
        "Share of the items that may fail without failing the sync. Every item is tried in any case.",
      ),
    dryRun,
  })
  .refine((input) => (input.library === undefined) !== (input.libraryId === undefined), {
    error: "name either library or libraryId",
  });

/** As a trigger sends it. */
export type SyncInput = z.input<typeof syncInputSchema>;
/** With every default filled in. */
export type SyncRequest = z.output<typeof syncInputSchema>;

/** @throws InvalidInput naming each field that is wrong */
export function parseSyncInput(value: unknown): SyncRequest {
  const parsed = syncInputSchema.safeParse(value);
  if (!parsed.success) throw new InvalidInput(`The input is not valid: ${describeIssues(parsed.error)}`);
  return parsed.data;
}
