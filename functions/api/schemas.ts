import * as z from "zod";
import { EXECUTION_STATES, type ExecutionSummary } from "../executions/executions.ts";
import type { ExportStatus } from "../executions/status.ts";
import type { SyncStatus } from "../executions/syncStatus.ts";
import { exportInputSchema } from "../input.ts";
import { syncInputSchema } from "../sync/input.ts";
import { totalsSchema } from "../sync/report.ts";
import type { Problem } from "./problems.ts";

/** What the API takes and gives: requests are judged by these, and docs/openapi.json is made of them. */

const state = z.enum(EXECUTION_STATES).meta({ description: "As AWS Step Functions names it." });
const time = z.iso.datetime();
const count = z.int().nonnegative();
const speed = count.nullable().meta({ description: "Bytes per second; null where it is not known." });
const location = z.object({ bucket: z.string(), key: z.string() }).nullable();
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

export const syncRequestSchema = syncInputSchema.meta({
  id: "SyncRequest",
  description: "Names the library by library or by libraryId.",
  oneOf: [
    { required: ["library"], properties: { libraryId: false } },
    { required: ["libraryId"], properties: { library: false } },
  ],
  examples: [{ vcenter: "lab", library: "Golden Images" }],
});

export const idempotencyKeySchema = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, "must be 1 to 255 visible ASCII characters");

export const listQuerySchema = z.strictObject({
  state: state.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  pageToken: z.string().min(1).optional().meta({ description: "nextPageToken of the page before." }),
});

export const executionSummarySchema: z.ZodType<ExecutionSummary> = z
  .object({
    id: z.string().meta({ description: "Name of the execution." }),
    state,
    startedAt: time,
    endedAt: time.nullable().meta({ description: "Null while it runs." }),
  })
  .meta({ id: "ExecutionSummary" });

const nextPageToken = z.string().nullable().meta({ description: "Null at the last page." });

export const exportListSchema = z
  .object({ exports: z.array(executionSummarySchema), nextPageToken })
  .meta({ id: "ExportList" });

export const syncListSchema = z
  .object({ syncs: z.array(executionSummarySchema), nextPageToken })
  .meta({ id: "SyncList" });

const fileStatusSchema = z
  .object({
    index: count,
    name: z.string(),
    status: z
      .enum(["WAITING", "PREPARING", "TRANSFERRING", "EXPORTED", "UNCHANGED", "PLANNED", "FAILED", "STOPPED"])
      .meta({ description: "STOPPED: the export ended before the file did." }),
    bucket: z.string(),
    key: z.string(),
    versionId: z.string().nullable(),
    bytes: count.meta({ description: "Received so far by this export." }),
    totalBytes: count.nullable().meta({ description: "Of the file; an estimate until it was begun." }),
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
    bytes: count,
    totalBytes: count.nullable(),
    bytesPerSecond: speed,
    manifest: location,
    error,
  })
  .meta({ id: "ExportStatus", description: "No more than ten seconds old." });

export const syncStatusSchema: z.ZodType<SyncStatus> = z
  .object({
    id: z.string(),
    state,
    startedAt: time,
    endedAt: time.nullable(),
    input: z.unknown().meta({ description: "As the trigger sent it." }),
    library: z
      .object({ vcenter: z.string(), libraryId: z.string(), name: z.string() })
      .nullable()
      .meta({ description: "Null until the library was found." }),
    pages: z.object({ total: count, done: count }).nullable().meta({
      description: "A library is gone through by pages; the numbers below are of those that are done.",
    }),
    exporting: z.object({ total: count, ended: count }).nullable().meta({
      description: "Items of the page on its way that are exported, and how many of these have ended.",
    }),
    ...totalsSchema.shape,
    index: location.meta({ description: "lib.json, which another vCenter can subscribe to." }),
    report: location.meta({ description: "Where there is a line for each item; null until the end." }),
    error,
  })
  .meta({ id: "SyncStatus" });

export const problemSchema: z.ZodType<Problem> = z
  .object({
    type: z.literal("about:blank"),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    name: z.string().optional().meta({ description: "As docs/errors.md lists it." }),
  })
  .meta({ id: "Problem", description: "RFC 9457." });
