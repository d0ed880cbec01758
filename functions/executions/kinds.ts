import type * as z from "zod";
import { type ExportError, ExportNotFound, SyncNotFound } from "../errors.ts";
import {
  executionName,
  keyedExecutionName,
  keyedSyncExecutionName,
  syncExecutionName,
} from "../executionName.ts";
import { type ExportRequest, exportInputSchema } from "../input.ts";
import { type SyncRequest, syncInputSchema } from "../sync/input.ts";

/** What there is to start, to look at and to stop. */
export interface Kind<Request> {
  word: "export" | "sync";
  input: z.ZodType<Request>;
  /** The name of an execution of its own, or the one that an idempotency key leads to. */
  nameOf(request: Request, key?: string): string;
  notFound(id: string): ExportError;
}

export const EXPORT: Kind<ExportRequest> = {
  word: "export",
  input: exportInputSchema,
  nameOf: (request, key) => (key === undefined ? executionName(request) : keyedExecutionName(key)),
  notFound: (id) => new ExportNotFound(noneIn("exports", id)),
};

export const SYNC: Kind<SyncRequest> = {
  word: "sync",
  input: syncInputSchema,
  nameOf: (request, key) => (key === undefined ? syncExecutionName(request) : keyedSyncExecutionName(key)),
  notFound: (id) => new SyncNotFound(noneIn("syncs", id)),
};

function noneIn(plural: "exports" | "syncs", id: string): string {
  return `There is no ${plural.slice(0, -1)} "${id}", or it ended more than 90 days ago: list the ${plural}`;
}
