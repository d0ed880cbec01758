import type { S3Client } from "@aws-sdk/client-s3";
import { openRunRecords, type RunRecord } from "../catalog/runRecords.ts";
import type { Execution, ExecutionProgress, Executions } from "./executions.ts";
import { EXPORT } from "./kinds.ts";
import { type ExportStatus, exportStatus } from "./status.ts";

export interface StatusServices {
  executions: Executions;
  s3: S3Client;
  /** 12-digit account that must own the buckets. */
  expectedBucketOwner?: string;
}

/**
 * How an export stands now, no more than ten seconds old: from the run records while it runs, and from its report
 * when it has ended.
 * @throws ExportNotFound, and the errors of the destination, whose run records are read
 */
export async function readStatus(id: string, services: StatusServices): Promise<ExportStatus> {
  const execution = await services.executions.describe(id);
  if (execution === undefined) throw EXPORT.notFound(id);
  const progress = await services.executions.progress(execution);
  return exportStatus(execution, progress, await recordsOf(execution, progress, services));
}

async function recordsOf(
  { id }: Execution,
  { resolved, report }: ExecutionProgress,
  { s3, expectedBucketOwner }: StatusServices,
): Promise<RunRecord[]> {
  if (resolved === null || report !== null || resolved.item.dryRun) return [];
  const { bucket, prefix } = resolved.item;
  const catalog = { s3, bucket, ...(expectedBucketOwner !== undefined && { expectedBucketOwner }) };
  return openRunRecords(catalog, prefix, id).list();
}
