import {
  ItemChanged,
  ItemNotFound,
  NotAllowedInCurrentState,
  NotFound,
  PermissionDenied,
} from "../errors.ts";
import type { VcenterClient } from "../vsphere/model.ts";
import type { ItemPlan } from "../workflow.ts";
import type { FileRecord } from "./fileRecord.ts";

/**
 * Opens a download session and notes it in the file's record.
 * @param token the same token gives the same session
 * @throws ItemNotFound when the item is gone
 */
export async function openDownloadSession(
  client: VcenterClient,
  item: ItemPlan,
  record: FileRecord,
  token: string,
): Promise<string> {
  await record.update({ openingSession: token });
  const sessionId = await createSession(client, item, token);
  const downloadSessionIds = [...new Set([...record.current.downloadSessionIds, sessionId])];
  await record.update({ openingSession: null, downloadSessionIds });
  return sessionId;
}

/** True for what vCenter answers about a session that has expired, or was cancelled or deleted. */
export function isSessionGone(error: unknown): boolean {
  return error instanceof NotFound || error instanceof NotAllowedInCurrentState;
}

/**
 * The same for a session that another log-in made: whether it outlives that log-in is not documented, nor is what
 * vCenter answers when it does not.
 */
export function isSessionOutOfReach(error: unknown): boolean {
  return isSessionGone(error) || error instanceof PermissionDenied;
}

/**
 * Whatever a server does not tell (vcsim knows no content version of items) cannot have changed.
 * @throws ItemChanged
 */
export async function requireContentVersion(
  client: VcenterClient,
  item: ItemPlan,
  sessionVersion: string | undefined,
): Promise<void> {
  if (item.contentVersion === "") return;
  const version = sessionVersion ?? (await client.getItem(item.libraryItemId)).contentVersion;
  if (version === item.contentVersion) return;
  throw new ItemChanged(
    `The item "${item.itemName}" changed while it was being exported: its content version was ` +
      `${item.contentVersion} at the start and is ${version} now. Start the export again`,
  );
}

async function createSession(client: VcenterClient, item: ItemPlan, token: string): Promise<string> {
  try {
    return await client.createDownloadSession(item.libraryItemId, token);
  } catch (error) {
    if (!(error instanceof NotFound)) throw error;
    throw new ItemNotFound(
      `The item "${item.itemName}" (${item.libraryItemId}) is gone from vCenter "${item.vcenter}" since the export began`,
      { cause: error },
    );
  }
}
