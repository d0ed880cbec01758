import * as z from "zod";
import type { ItemPlan } from "../workflow.ts";

const name = (description: string) => z.string().describe(description);
const count = (description: string) => z.int().nonnegative().describe(description);

/**
 * Detail of the events `Export Succeeded` and `Export Failed`. The state machine sends them; of an execution that was
 * cut off, the clean-up does. There is no list of files: it might be larger than an event can be.
 */
export const exportEndedSchema = z.object({
  execution: name("ARN of the execution"),
  startedBy: name(
    "ARN of the execution that started this one: of the sync, for an item of a sync. Else null",
  ).nullable(),
  vcenter: name("Name of the vCenter profile; empty where the input names none"),
  libraryItemId: name("Empty where the item was not found"),
  library: name("Name of the library; as the input has it where the item was not found"),
  item: name("Name of the item; as the input has it where the item was not found"),
  contentVersion: name("Content version of the item; empty where the item was not found"),
  status: z.enum(["EXPORTED", "UNCHANGED", "PLANNED", "FAILED"]).describe("PLANNED: it was a dry run"),
  counts: z
    .object({
      exported: count("Files that this execution exported"),
      unchanged: count("Files that were there already"),
      failed: count("Files that failed, or had not ended when the execution was cut off"),
      bytes: count("Bytes of the files that this execution exported"),
    })
    .describe("How many files ended how"),
  manifest: z
    .object({ bucket: z.string(), key: z.string() })
    .nullable()
    .describe("Where the item's manifest is: it lists the files. Null where none was written"),
  error: z
    .object({ name: name("One of docs/errors.md, or AWS's own"), message: z.string() })
    .nullable()
    .describe("Why the export failed; null when it did not"),
});

export type ExportEnded = z.infer<typeof exportEndedSchema>;

/** What is known of an item, the plan where it was found, else what the input names; and by whom it was started. */
export function identifyItem(
  item: ItemPlan | null,
  input: unknown,
): Pick<ExportEnded, "startedBy" | "vcenter" | "libraryItemId" | "library" | "item" | "contentVersion"> {
  const startedBy = text(input, "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID") || null;
  if (item !== null) {
    const { vcenter, libraryItemId, libraryName, itemName, contentVersion } = item;
    return { startedBy, vcenter, libraryItemId, library: libraryName, item: itemName, contentVersion };
  }
  return {
    startedBy,
    vcenter: text(input, "vcenter"),
    libraryItemId: text(input, "libraryItemId"),
    library: text(input, "library"),
    item: text(input, "item"),
    contentVersion: "",
  };
}

function text(input: unknown, field: string): string {
  if (typeof input !== "object" || input === null) return "";
  const value = new Map<string, unknown>(Object.entries(input)).get(field);
  return typeof value === "string" ? value : "";
}
