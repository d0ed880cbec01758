import type { Checksum, RecordedChecksum } from "./checksum.ts";

/**
 * The data that the states of statemachine/export-item.asl.json hand to each other. Everything is JSON, every
 * field is always present (null where there is nothing), and the whole stays far below 256 KiB.
 */

export interface ObjectLocation {
  bucket: string;
  key: string;
}

/** The item, as ResolveItem found it: the same for every file of an execution. */
export interface ItemPlan {
  /** Name of the vCenter profile. */
  vcenter: string;
  /** Name of the execution: run records and staging objects are named after it. */
  run: string;
  libraryId: string;
  libraryName: string;
  libraryItemId: string;
  itemName: string;
  itemType: string;
  contentVersion: string;
  bucket: string;
  /** Empty, or ends with `/`. */
  prefix: string;
  manifestKey: string;
  overwrite: "if-changed" | "never" | "always";
  requireChecksum: boolean;
  /** Ranges of one file received at the same time. */
  readers: number;
  /** A file that fits no invocation may be moved by a container. */
  containerRoute: boolean;
  dryRun: boolean;
}

/** One file, as ResolveItem found it. */
export interface FilePlan {
  index: number;
  name: string;
  key: string;
  action: "EXPORT" | "UNCHANGED" | "REFUSE";
  /** Why it is refused, where `action` is REFUSE. */
  error: FileError | null;
  /** Bytes on storage, as vCenter lists them; only a hint for a disk. */
  sizeHint: number;
  fileVersion: string;
  /** What vCenter says before the download; null when it says nothing. */
  checksum: Checksum | null;
  /** ETag of the object that the export may replace; null: there must be none; `*`: whatever is there. */
  replacesETag: string | null;
  /** The result that stands where `action` is UNCHANGED. */
  unchanged: FileResult | null;
}

/** Result of ResolveItem. */
export interface ResolvedItem {
  item: ItemPlan;
  files: FilePlan[];
  maxConcurrency: number;
}

/** What one child of ExportFiles starts with. */
export interface FileState {
  item: ItemPlan;
  file: FilePlan;
  /** Result of PrepareFile and PollFile. */
  session: PreparedFile | null;
  /** Result of TransferFile. */
  transfer: TransferState;
}

/** Result of PrepareFile and PollFile: the states only obey `status` and `waitSeconds`. */
export interface PreparedFile {
  downloadSessionId: string;
  /** vCenter's status, or SESSION_GONE: TransferFile then opens a session of its own. */
  status: string;
  /** How long to wait before the next poll, 1 to 60. */
  waitSeconds: number;
  /** ISO 8601; a file that is not PREPARED by then has failed. */
  deadline: string;
}

/** Result of TransferFile: either done, or to be called again with the cursor. */
export type TransferState =
  | { done: false; cursor: unknown; result: null }
  | { done: true; cursor: null; result: FileResult };

export interface FileError {
  /** A name of errors.ts, or one of AWS's own. */
  name: string;
  message: string;
}

export interface FileResult {
  index: number;
  name: string;
  status: "EXPORTED" | "UNCHANGED" | "FAILED" | "PLANNED";
  bucket: string;
  key: string;
  versionId: string | null;
  /** Bytes; null when unknown. */
  size: number | null;
  checksum: RecordedChecksum | null;
  /** True where vCenter's up-front checksum of a disk differs from that of the bytes it sent. */
  itemChecksumDiffers?: boolean;
  bytesPerSecond: number | null;
  error: FileError | null;
}

/** How many files ended how. */
export interface ExportCounts {
  exported: number;
  unchanged: number;
  failed: number;
  /** Of the files exported. */
  bytes: number;
}

/** Result of FinishItem and output of the execution. */
export interface ExportReport {
  /** ARN of the execution that started this one, such as a sync; null for others. */
  startedBy: string | null;
  vcenter: string;
  libraryItemId: string;
  library: string;
  item: string;
  contentVersion: string;
  status: "EXPORTED" | "UNCHANGED" | "FAILED" | "PLANNED";
  counts: ExportCounts;
  /** Null where none was written. */
  manifest: ObjectLocation | null;
  files: FileResult[];
  /** Why the export failed; null when it did not. */
  error: FileError | null;
}
