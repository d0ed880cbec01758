import * as z from "zod";
import { describeIssues } from "./config.ts";
import { InvalidInput } from "./errors.ts";

const name = z.string().min(1);

/** The input of an export execution: the same for every trigger. It can never carry a host, URL or credential. */
export const exportInputSchema = z
  .strictObject({
    vcenter: z
      .string()
      .regex(/^[A-Za-z0-9_.-]{1,64}$/, "must be the name of a profile: letters, digits, '.', '_' and '-'")
      .describe("Name of a configured vCenter profile."),
    libraryItemId: name.optional(),
    library: name.optional().describe("Name of a library; with `item`, instead of `libraryItemId`."),
    item: name.optional(),
    include: z
      .array(name)
      .default([])
      .describe("Globs over file names: a file is exported when it matches one of them. None: every file."),
    exclude: z.array(name).default([]).describe("Globs over file names that are not exported."),
    destination: z
      .strictObject({
        bucket: name.optional().describe("One of the buckets that the deployment or the profile allows."),
        prefix: z.string().optional(),
      })
      .default({}),
    overwrite: z
      .enum(["if-changed", "never", "always"])
      .default("if-changed")
      .describe("What may be replaced at the destination."),
    maxConcurrency: z.int().min(1).max(40).default(3).describe("Files moved at the same time."),
    requireChecksum: z.boolean().default(false).describe("Fails a file for which vCenter gives no checksum."),
    dryRun: z.boolean().default(false).describe("Finds out what would be exported, and writes nothing."),
    AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: name
      .optional()
      .describe(
        "ARN of the execution that starts this one, by Step Functions' own convention: its console links them.",
      ),
  })
  .refine((input) => (input.libraryItemId === undefined) !== (input.library === undefined), {
    error: "name either libraryItemId, or library and item",
  })
  .refine((input) => (input.library === undefined) === (input.item === undefined), {
    error: "library and item go together",
  });

/** As a trigger sends it. */
export type ExportInput = z.input<typeof exportInputSchema>;
/** With every default filled in. */
export type ExportRequest = z.output<typeof exportInputSchema>;

/** @throws InvalidInput naming each field that is wrong */
export function parseInput(value: unknown): ExportRequest {
  const parsed = exportInputSchema.safeParse(value);
  if (!parsed.success) throw new InvalidInput(`The input is not valid: ${describeIssues(parsed.error)}`);
  return parsed.data;
}
