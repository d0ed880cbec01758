import { ExportNotFound } from "../functions/errors.ts";
import type { Execution, ExecutionSummary } from "../functions/executions/executions.ts";
import type { ExportStatus } from "../functions/executions/status.ts";
import type { SyncStatus } from "../functions/executions/syncStatus.ts";
import type { Deployment } from "./deployment.ts";
import { exportSubject } from "./exportSubject.ts";
import { syncSubject } from "./syncSubject.ts";

/** What the commands of a deployment are about: an export or a sync. */
export interface Subject {
  /** Name of the execution. */
  id: string;
  word: "export" | "sync";
  describe(): Promise<Execution | undefined>;
  read(): Promise<Standing>;
  watch(stdout: NodeJS.WriteStream, json: boolean): Watch;
  stop(reason: string): Promise<ExecutionSummary>;
}

/** How a subject stands. */
export interface Standing {
  status: ExportStatus | SyncStatus;
  /** For people, with colours where the stream shows them. Its error is the caller's to tell. */
  text(stream: NodeJS.WritableStream): string;
}

export interface Watch {
  /** Reads how the subject stands, and shows what has changed. */
  next(): Promise<Standing>;
  /** The last call. */
  closed(): void;
}

/**
 * Finds out what a name is of: an export, or else a sync.
 * @throws ExportNotFound
 */
export async function findSubject(id: string, deployment: Deployment): Promise<Subject> {
  const { executions, syncs, s3 } = deployment;
  if (await executions?.describe(id)) return exportSubject(id, deployment);
  if (syncs && (await syncs.describe(id))) return syncSubject(id, syncs, s3);
  throw new ExportNotFound(
    `There is no export and no sync "${id}", or it ended more than 90 days ago: list shows what there is`,
  );
}
