import type { FileProgress } from "../../functions/services.ts";
import type { ExportReport } from "../../functions/workflow.ts";

/** Where a file is on its way, in the order of the workflow's states. */
export type FilePhase = "PREPARING" | "TRANSFERRING" | "EXPORTED" | "UNCHANGED" | "PLANNED" | "FAILED";

export interface FileChange {
  index: number;
  name: string;
  phase: FilePhase;
  /** Why, for FAILED. */
  reason?: string;
}

/** Shows an export while it runs: one implementation for terminals, one for logs, one for programs. */
export interface ExportView {
  changed(change: FileChange): void;
  /** Called often. */
  progressed(progress: FileProgress): void;
  /** The last call: nothing is shown afterwards. */
  ended(report: ExportReport): void;
  /** The last call in place of `ended`, when there is no report. */
  closed(): void;
}
