import { z } from "zod";
import { EXECUTION_STATES, type ExecutionSummary } from "../executions/executions.ts";
import type { ExportStatus } from "../executions/status.ts";
import { exportInputSchema } from "../input.ts";
import type { Problem } from "./problems.ts";

/** What the API takes and gives: requests are judged by these, and docs/openapi.json is made of them. */

const state = z.enum(EXECUTION_STATES).meta({ description: "As AWS Step Functions names it." });
const time = z.iso.datetime();
const bytes = z.int().nonnegative();
const speed = bytes.nullable().meta({ description: "Bytes per second; null where it is not known." });
const error = z
  .object({ name: z.string().meta({ description: "As docs/errors.md lists it." }), message: z.string() })
  .nullable();

export const exportRequestSchema = exportInputSchema.meta({
  id: "ExportRequest",
  description: "Names the item by libraryItemId, or by library and item.",
  // What the schema's refinements say, which JSON Schema has no other words for.
  oneOf: [
    { required: ["libraryItemId"], properties: { library: false, item: false } },
    { required: ["library", "item"], properties: { libraryItemId: false } },
  ],
  examples: [{ vcenter: "lab", library: "Golden Images", item: "ubuntu-24.04" }],
});

export const idempotencyKeySchema = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, "must be 1 to 255 visible ASCII characters");

export const listQuerySchema = z.strictObject({
  state: state.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  pageToken: z.string().min(1).optional().meta({ description: "nextPageToken of the page before." }),
});

export const exportSummarySchema: z.ZodType<ExecutionSummary> = z
  .object({
    id: z.string().meta({ description: "Name of the execution." }),
    state,
    startedAt: time,
    endedAt: time.nullable().meta({ description: "Null while the export runs." }),
  })
  .meta({ id: "ExportSummary" });

export const exportListSchema = z
  .object({
    exports: z.array(exportSummarySchema),
    nextPageToken: z.string().nullable().meta({ description: "Null at the last page." }),
  })
  .meta({ id: "ExportList" });

const fileStatusSchema = z
  .object({
    index: bytes,
    name: z.string(),
    status: z
      .enum(["WAITING", "PREPARING", "TRANSFERRING", "EXPORTED", "UNCHANGED", "PLANNED", "FAILED", "STOPPED"])
      .meta({ description: "STOPPED: the export ended before the file did." }),
    bucket: z.string(),
    key: z.string(),
    versionId: z.string().nullable(),
    bytes: bytes.meta({ description: "Received so far by this export." }),
    totalBytes: bytes.nullable().meta({ description: "Of the file; an estimate until it was begun." }),
    bytesPerSecond: speed,
    checksum: z
      .object({ algorithm: z.string(), value: z.string(), source: z.enum(["session", "item", "computed"]) })
      .nullable(),
    error,
    updatedAt: time.nullable().meta({ description: "When this was true of a file on its way." }),
  })
  .meta({ id: "FileStatus" });

export const exportStatusSchema: z.ZodType<ExportStatus> = z
  .object({
    id: z.string(),
    state,
    startedAt: time,
    endedAt: time.nullable(),
    input: z.unknown().meta({ description: "As the trigger sent it." }),
    item: z
      .object({
        vcenter: z.string(),
        libraryItemId: z.string(),
        library: z.string(),
        item: z.string(),
        contentVersion: z.string(),
      })
      .nullable()
      .meta({ description: "Null until the item was found." }),
    files: z.array(fileStatusSchema),
    bytes,
    totalBytes: bytes.nullable(),
    bytesPerSecond: speed,
    manifest: z.object({ bucket: z.string(), key: z.string() }).nullable(),
    error,
  })
  .meta({ id: "ExportStatus", description: "No more than ten seconds old." });

export const problemSchema: z.ZodType<Problem> = z
  .object({
    type: z.literal("about:blank"),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    name: z.string().optional().meta({ description: "As docs/errors.md lists it." }),
  })
  .meta({ id: "Problem", description: "RFC 9457." });
