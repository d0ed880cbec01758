import * as z from "zod";
import { describeIssues } from "../config.ts";
import { InternalError } from "../errors.ts";
import type { ExportReport, FilePlan, FileResult, FileState, ItemPlan, PreparedFile } from "../workflow.ts";

/** What Step Functions hands to a Catch. On AWS the Cause of a function's error is JSON, locally plain text. */
export interface Failure {
  Error: string;
  Cause: string;
}

/** What the states between TakeInput and FinishItem hold. */
export interface ExecutionState {
  /** Name of the execution. */
  run: string;
  /** As the trigger sent it. */
  input?: unknown;
  /** Null until ResolveItem succeeded. */
  resolved: { item: ItemPlan; files: FilePlan[] } | null;
  results: FileResult[];
  /** Why ResolveItem or ExportFiles as a whole failed. */
  failure: Failure | null;
}

const failure = z.object({ Error: z.string(), Cause: z.string() });
const fileError = z.object({ name: z.string(), message: z.string() });
const checksum = z.object({ algorithm: z.string(), value: z.string() });

const itemPlan: z.ZodType<ItemPlan> = z.object({
  vcenter: z.string(),
  run: z.string(),
  libraryId: z.string(),
  libraryName: z.string(),
  libraryItemId: z.string(),
  itemName: z.string(),
  itemType: z.string(),
  contentVersion: z.string(),
  bucket: z.string(),
  prefix: z.string(),
  manifestKey: z.string(),
  overwrite: z.enum(["if-changed", "never", "always"]),
  requireChecksum: z.boolean(),
  readers: z.int().min(1).max(16),
  containerRoute: z.boolean(),
  dryRun: z.boolean(),
});

export const fileResultSchema: z.ZodType<FileResult> = z.object({
  index: z.int(),
  name: z.string(),
  status: z.enum(["EXPORTED", "UNCHANGED", "FAILED", "PLANNED"]),
  bucket: z.string(),
  key: z.string(),
  versionId: z.string().nullable(),
  size: z.number().nullable(),
  checksum: checksum.extend({ source: z.enum(["session", "item", "computed"]) }).nullable(),
  itemChecksumDiffers: z.boolean().optional(),
  bytesPerSecond: z.number().nullable(),
  error: fileError.nullable(),
});

const filePlan: z.ZodType<FilePlan> = z.object({
  index: z.int(),
  name: z.string(),
  key: z.string(),
  action: z.enum(["EXPORT", "UNCHANGED", "REFUSE"]),
  error: fileError.nullable(),
  sizeHint: z.number(),
  fileVersion: z.string(),
  checksum: checksum.nullable(),
  replacesETag: z.string().nullable(),
  unchanged: fileResultSchema.nullable(),
});

const preparedFile: z.ZodType<PreparedFile> = z.object({
  downloadSessionId: z.string(),
  status: z.string(),
  waitSeconds: z.number(),
  deadline: z.iso.datetime(),
});

export const fileStateSchema: z.ZodType<FileState> = z.object({
  item: itemPlan,
  file: filePlan,
  session: preparedFile.nullable(),
  transfer: z.discriminatedUnion("done", [
    z.object({ done: z.literal(false), cursor: z.unknown(), result: z.null() }),
    z.object({ done: z.literal(true), cursor: z.null(), result: fileResultSchema }),
  ]),
});

/** The state of a file with an open download session, as PollFile needs it. */
export const preparingFileSchema = z.object({ item: itemPlan, file: filePlan, session: preparedFile });

export const failedFileSchema = z.object({
  item: itemPlan,
  file: filePlan,
  session: preparedFile.nullable().default(null),
  transfer: z.object({ cursor: z.unknown() }).default({ cursor: null }),
  failure,
});

/** What ResolveItem decided, as the execution keeps it. */
export const resolvedSchema = z.object({ item: itemPlan, files: z.array(filePlan) });

export const reportSchema: z.ZodType<ExportReport> = z.object({
  // Executions of earlier deployments have reports without it.
  startedBy: z.string().nullable().default(null),
  vcenter: z.string(),
  libraryItemId: z.string(),
  library: z.string(),
  item: z.string(),
  contentVersion: z.string(),
  status: z.enum(["EXPORTED", "UNCHANGED", "FAILED", "PLANNED"]),
  counts: z.object({ exported: z.int(), unchanged: z.int(), failed: z.int(), bytes: z.int() }),
  manifest: z.object({ bucket: z.string(), key: z.string() }).nullable(),
  files: z.array(fileResultSchema),
  error: fileError.nullable(),
});

export const startSchema = z.object({ run: z.string().min(1), input: z.unknown() });

export const executionStateSchema: z.ZodType<ExecutionState> = z.object({
  run: z.string().min(1),
  input: z.unknown(),
  resolved: resolvedSchema.nullable(),
  results: z.array(z.unknown()).transform(fileResults),
  failure: failure.nullable(),
});

/**
 * The results among what ExportFiles returns. What a child execution that could not catch its own failure leaves
 * there is not documented: FinishItem sees by the index that its file has no result.
 */
function fileResults(values: unknown[]): FileResult[] {
  return values.flatMap((value) => fileResultSchema.safeParse(value).data ?? []);
}

/**
 * Parses what a state hands to its function.
 * @throws InternalError naming the field: the state machine and the functions do not fit together
 */
export function parseEvent<T>(schema: z.ZodType<T>, event: unknown): T {
  const parsed = schema.safeParse(event);
  if (!parsed.success)
    throw new InternalError(`The state's input is not valid: ${describeIssues(parsed.error)}`);
  return parsed.data;
}
