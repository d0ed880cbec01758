import type { RunRecord } from "../catalog/runRecords.ts";
import {
  InvalidArgument,
  LoginRefused,
  NotAllowedInCurrentState,
  NotFound,
  PermissionDenied,
} from "../errors.ts";
import type { Services } from "../services.ts";
import { abortUpload, deleteStagingObjects } from "../transfer/s3/cleanUp.ts";
import type { VcenterClient } from "../vsphere/model.ts";
import { isSessionOutOfReach } from "./downloadSession.ts";
import { type Run, recordsOf, withVcenter } from "./run.ts";

/**
 * Removes what the record says was opened for a file: uploads, staging object, download sessions. What is gone
 * already counts as removed.
 * @param options.vcenter false after a refused log-in: then vCenter's sessions are left to expire by themselves
 */
export async function cleanUpFile(
  run: Run,
  record: RunRecord,
  services: Services,
  options: { vcenter: boolean },
): Promise<void> {
  await removeUploads(record, services);
  if (options.vcenter) await removeSessions(run, record, services, cancelAndDelete);
}

/** The same of a file that is exported, whose download sessions have come to their end. */
export async function cleanUpExported(run: Run, record: RunRecord, services: Services): Promise<void> {
  // A TransferFile that found its object published by an earlier try has left the upload of its own.
  await removeUploads(record, services);
  await removeSessions(run, record, services, (client, id) => client.deleteDownloadSession(id));
}

/** Aborts every upload that the record names, and deletes the staging object. */
export async function removeUploads(record: RunRecord, { s3, settings }: Services): Promise<void> {
  for (const upload of record.uploads) await abortUpload(s3, upload, settings.expectedBucketOwner);
  if (record.staging) await deleteStagingObjects(s3, record.staging, settings.expectedBucketOwner);
}

/**
 * Removes what is left of a whole execution, its records at last.
 * @returns names of the files whose record is kept: see `cleanUpFiles`
 */
export async function cleanUpRun(run: Run, services: Services): Promise<string[]> {
  const left = await cleanUpFiles(run, services);
  await recordsOf(run, services).clear(new Set(left.keys()));
  return [...left.values()];
}

/**
 * Removes what the records of an execution name. The records stay: a function that is still running may be about to
 * write into one what it has just opened. What cannot be removed now is logged.
 * @returns names of the files of which something is left, by index
 */
export async function cleanUpFiles(run: Run, services: Services): Promise<Map<number, string>> {
  const records = recordsOf(run, services);
  const left = new Map<number, string>();
  for (const index of await records.indexes()) {
    const vcenter = !(await records.isLoginRefused());
    let fileName = `file ${index}`;
    try {
      const record = await records.read(index);
      if (record === undefined) continue;
      fileName = record.fileName;
      await cleanUpFile(run, record, services, { vcenter });
    } catch (error) {
      left.set(index, fileName);
      services.log.warn("A file's upload or download session could not be removed", {
        run: run.run,
        file: fileName,
        error: String(error),
      });
    }
  }
  return left;
}

async function removeSessions(
  run: Run,
  { downloadSessionIds, openingSession, libraryItemId }: RunRecord,
  services: Services,
  remove: (client: VcenterClient, id: string) => Promise<void>,
): Promise<void> {
  if (downloadSessionIds.length === 0 && openingSession === null) return;
  try {
    await withVcenter(run, services, async (client) => {
      const ids = new Set<string | undefined>(downloadSessionIds);
      if (openingSession !== null) ids.add(await reopened(client, libraryItemId, openingSession));
      for (const id of ids) if (id !== undefined) await unlessGone(remove(client, id));
    });
  } catch (error) {
    // The sessions expire by themselves; another try would only bring the account nearer to its lockout.
    if (!(error instanceof LoginRefused)) throw error;
  }
}

/**
 * The id of a session that may have been opened without anybody learning it: the same token gives the same one.
 * @returns undefined where vCenter refuses it: it was not opened the first time either
 */
async function reopened(client: VcenterClient, libraryItemId: string, token: string) {
  try {
    return await client.createDownloadSession(libraryItemId, token);
  } catch (error) {
    if (REFUSALS.some((refusal) => error instanceof refusal)) return undefined;
    // Of an answer that cannot be read nobody knows what was done.
    throw error;
  }
}

const REFUSALS = [InvalidArgument, NotAllowedInCurrentState, NotFound, PermissionDenied];

async function cancelAndDelete(client: VcenterClient, id: string): Promise<void> {
  await unlessGone(client.cancelDownloadSession(id));
  await client.deleteDownloadSession(id);
}

async function unlessGone(removal: Promise<void>): Promise<void> {
  try {
    await removal;
  } catch (error) {
    if (!isSessionOutOfReach(error)) throw error;
  }
}
