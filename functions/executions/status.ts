import type { RunRecord } from "../catalog/runRecords.ts";
import type { RecordedChecksum } from "../checksum.ts";
import type { FileError, FilePlan, FileResult, ObjectLocation } from "../workflow.ts";
import type { Execution, ExecutionProgress, ExecutionState } from "./executions.ts";

/** How an export stands: what the API answers and the command line shows. */
export interface ExportStatus {
  id: string;
  state: ExecutionState;
  /** ISO 8601. */
  startedAt: string;
  /** ISO 8601; null while it runs. */
  endedAt: string | null;
  /** As the trigger sent it. */
  input: unknown;
  /** What is exported; null until it was found. */
  item: ExportedItem | null;
  /** In the item's order; empty until the item was found. */
  files: FileStatus[];
  /** Received so far of the files that this export moves. */
  bytes: number;
  /** Of all the files that this export moves; null until the item was found. An estimate where a file was not begun. */
  totalBytes: number | null;
  /** While the export runs, of the last seconds; of the whole when it has ended; null where it is not known. */
  bytesPerSecond: number | null;
  manifest: ObjectLocation | null;
  /** Why it did not succeed; null otherwise. */
  error: FileError | null;
}

export interface ExportedItem {
  vcenter: string;
  libraryItemId: string;
  library: string;
  item: string;
  contentVersion: string;
}

export interface FileStatus {
  index: number;
  name: string;
  /** STOPPED: the export ended before the file did. */
  status:
    | "WAITING"
    | "PREPARING"
    | "TRANSFERRING"
    | "EXPORTED"
    | "UNCHANGED"
    | "PLANNED"
    | "FAILED"
    | "STOPPED";
  bucket: string;
  key: string;
  versionId: string | null;
  /** Received so far by this export. */
  bytes: number;
  /** Bytes of the file; an estimate until it was begun; null while it is unknown. */
  totalBytes: number | null;
  bytesPerSecond: number | null;
  /** Null until the file has ended. */
  checksum: RecordedChecksum | null;
  error: FileError | null;
  /** ISO 8601: when this was true of a file on its way; null of all others. */
  updatedAt: string | null;
}

/** @param records of the execution; none where it has ended, or nothing has begun */
export function exportStatus(
  execution: Execution,
  { resolved, report }: ExecutionProgress,
  records: RunRecord[],
): ExportStatus {
  const { id, state, startedAt, endedAt, input } = execution;
  const results = new Map(report?.files.map((file) => [file.index, file]));
  const byIndex = new Map(records.map((record) => [record.index, record]));
  const files = (resolved?.files ?? []).map((plan) =>
    fileStatus(plan, resolved?.item.bucket ?? "", state, results.get(plan.index), byIndex.get(plan.index)),
  );
  const moved = files.filter(({ status }) => status !== "UNCHANGED");
  const bytes = sum(moved.map((file) => file.bytes));
  return {
    id,
    state,
    startedAt,
    endedAt,
    input,
    item: resolved && {
      vcenter: resolved.item.vcenter,
      libraryItemId: resolved.item.libraryItemId,
      library: resolved.item.libraryName,
      item: resolved.item.itemName,
      contentVersion: resolved.item.contentVersion,
    },
    files,
    bytes,
    totalBytes: resolved && sum(moved.map(({ totalBytes }) => totalBytes ?? 0)),
    bytesPerSecond: endedAt === null ? speedNow(files) : speedOverall(bytes, startedAt, endedAt),
    manifest: report?.manifest ?? null,
    // A failed execution has its error in short; the report has all of it.
    error: execution.error && (report?.error ?? execution.error),
  };
}

function fileStatus(
  plan: FilePlan,
  bucket: string,
  state: ExecutionState,
  result: FileResult | undefined,
  record: RunRecord | undefined,
): FileStatus {
  const { index, name, key, sizeHint } = plan;
  const known = { index, name, bucket, key, versionId: null, bytesPerSecond: null, checksum: null };
  const settled = result ?? (plan.action === "UNCHANGED" ? plan.unchanged : null);
  if (settled) {
    const { status, versionId, size, checksum, bytesPerSecond, error } = settled;
    const bytes = status === "EXPORTED" ? (size ?? 0) : 0;
    const totalBytes = size ?? sizeHint;
    return {
      ...known,
      status,
      versionId,
      bytes,
      totalBytes,
      bytesPerSecond,
      checksum,
      error,
      updatedAt: null,
    };
  }
  if (plan.action === "REFUSE") {
    return { ...known, status: "FAILED", bytes: 0, totalBytes: sizeHint, error: plan.error, updatedAt: null };
  }
  const ended = record?.state === "EXPORTED" || record?.state === "FAILED";
  const stopped = state !== "RUNNING" && !ended;
  return {
    ...known,
    status: stopped ? "STOPPED" : (record?.state ?? "WAITING"),
    bytes: record?.bytes ?? 0,
    totalBytes: record?.totalBytes ?? (record?.state === "EXPORTED" ? record.bytes : sizeHint),
    bytesPerSecond: stopped ? null : (record?.bytesPerSecond ?? null),
    error: record?.error ? { name: record.error, message: "The report at the export's end says why" } : null,
    updatedAt: record?.updatedAt ?? null,
  };
}

function speedNow(files: FileStatus[]): number | null {
  const moving = files.filter(({ status }) => status === "TRANSFERRING");
  const speeds = moving.flatMap(({ bytesPerSecond }) => bytesPerSecond ?? []);
  return speeds.length === 0 ? null : sum(speeds);
}

function speedOverall(bytes: number, startedAt: string, endedAt: string): number | null {
  const seconds = (Date.parse(endedAt) - Date.parse(startedAt)) / 1000;
  return seconds > 0 && bytes > 0 ? Math.round(bytes / seconds) : null;
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
