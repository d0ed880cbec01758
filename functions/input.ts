import { z } from "zod";
import { describeIssues } from "./config.ts";
import { InvalidInput } from "./errors.ts";

const name = z.string().min(1);

/** The input of an export execution: the same for every trigger. It can never carry a host, URL or credential. */
export const exportInputSchema = z
  .strictObject({
    /** Name of a configured vCenter profile. */
    vcenter: z
      .string()
      .regex(/^[A-Za-z0-9_.-]{1,64}$/, "must be the name of a profile: letters, digits, '.', '_' and '-'"),
    libraryItemId: name.optional(),
    /** Name of a library; with `item`, instead of `libraryItemId`. */
    library: name.optional(),
    item: name.optional(),
    /** Globs over file names; a file is exported when it matches one of `include` and none of `exclude`. */
    include: z.array(name).default([]),
    exclude: z.array(name).default([]),
    destination: z.strictObject({ bucket: name.optional(), prefix: z.string().optional() }).default({}),
    overwrite: z.enum(["if-changed", "never", "always"]).default("if-changed"),
    /** Files moved at the same time. */
    maxConcurrency: z.int().min(1).max(40).default(3),
    requireChecksum: z.boolean().default(false),
    dryRun: z.boolean().default(false),
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
