import type { ExportCounts, ExportReport, FileError, FilePlan, FileResult, ItemPlan } from "../workflow.ts";
import type { Failure } from "./events.ts";
import { shorten, toFileError } from "./failure.ts";

/** Characters: the Cause of a failed execution may have 32,768. */
export const MAX_REPORT_MESSAGE_LENGTH = 4000;

/**
 * One result for each file of the plan, in its order: the child execution's, with its error in short; or, where
 * none came back, a failure.
 */
export function settleFiles(
  { item, files }: { item: ItemPlan; files: FilePlan[] },
  results: FileResult[],
  failure: Failure | null,
): FileResult[] {
  const byIndex = new Map(results.map((result) => [result.index, result]));
  return files.map((file) => {
    if (item.dryRun) return planned(item, file);
    const result = byIndex.get(file.index);
    if (result === undefined) return failed(item, file, noResult(failure));
    if (result.error === null) return result;
    return { ...result, error: toFileError({ Error: result.error.name, Cause: result.error.message }) };
  });
}

/** The reason of a failed export: the error that all failed files share, or FilesFailed naming each of theirs. */
export function combineErrors(files: FileResult[]): FileError | null {
  const failures = files.flatMap(({ name, error }) => (error === null ? [] : [{ file: name, error }]));
  const [first] = failures;
  if (first === undefined) return null;
  const names = new Set(failures.map(({ error }) => error.name));
  const each = failures.map(({ file, error: { name, message } }) => {
    const words = message.includes(`"${file}"`) ? message : `"${file}": ${message}`;
    return names.size === 1 ? words : `${name}: ${words}`;
  });
  const message = `${failures.length} of ${count(files.length, "file")} failed: ${each.join("; ")}`;
  return {
    name: names.size === 1 ? first.error.name : "FilesFailed",
    message: shorten(message, MAX_REPORT_MESSAGE_LENGTH),
  };
}

export function overallStatus(files: FileResult[], error: FileError | null): ExportReport["status"] {
  if (error !== null) return "FAILED";
  const statuses = new Set(files.map(({ status }) => status));
  if (statuses.has("PLANNED")) return "PLANNED";
  return statuses.has("EXPORTED") ? "EXPORTED" : "UNCHANGED";
}

export function countFiles(files: FileResult[]): ExportCounts {
  const ended = (status: FileResult["status"]) => files.filter((file) => file.status === status);
  const exported = ended("EXPORTED");
  return {
    exported: exported.length,
    unchanged: ended("UNCHANGED").length,
    failed: ended("FAILED").length,
    bytes: exported.reduce((sum, { size }) => sum + (size ?? 0), 0),
  };
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

function planned(item: ItemPlan, file: FilePlan): FileResult {
  if (file.unchanged !== null) return file.unchanged;
  if (file.error !== null) return failed(item, file, file.error);
  const checksum = file.checksum && { ...file.checksum, source: "item" as const };
  return { ...blank(item, file), status: "PLANNED", size: file.sizeHint, checksum };
}

function failed(item: ItemPlan, file: FilePlan, error: FileError): FileResult {
  return { ...blank(item, file), status: "FAILED", error };
}

function blank(item: ItemPlan, { index, name, key }: FilePlan) {
  const { bucket } = item;
  return {
    index,
    name,
    bucket,
    key,
    versionId: null,
    size: null,
    checksum: null,
    bytesPerSecond: null,
    error: null,
  };
}

function noResult(failure: Failure | null): FileError {
  if (failure !== null) return toFileError(failure);
  return { name: "InternalError", message: "The file's part of the execution ended without a result" };
}
