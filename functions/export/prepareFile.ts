import type { ExportSettings } from "../config.ts";
import { PreparationFailed, PreparationTimedOut } from "../errors.ts";
import type { Services } from "../services.ts";
import type { DownloadSessionFile, EndpointType, VcenterClient } from "../vsphere/model.ts";
import type { FilePlan, ItemPlan, PreparedFile } from "../workflow.ts";
import {
  isSessionGone,
  isSessionOutOfReach,
  openDownloadSession,
  requireContentVersion,
} from "./downloadSession.ts";
import { type FileRecord, openFileRecord } from "./fileRecord.ts";
import { clientToken, withVcenter } from "./run.ts";

interface FileOfItem {
  item: ItemPlan;
  file: FilePlan;
}

const MAX_WAIT_SECONDS = 60;

/**
 * Opens a download session for the file and asks vCenter to prepare it. Run again, it finds the same session.
 * @throws PreparationFailed, PreparationTimedOut, ItemChanged, ItemNotFound, FileNotFound
 */
export async function prepareFile(state: FileOfItem, services: Services): Promise<PreparedFile> {
  const record = await openFileRecord(state, services);
  const deadline = services.clock.now() + services.settings.prepareTimeoutSeconds * 1000;
  return withVcenter(state.item, services, (client) =>
    prepareIn(client, state, record, clientToken(state.item.run, state.file.index), deadline, services),
  );
}

/** The same within one log-in, for TransferFile as well. `deadline` is in milliseconds since the epoch. */
export async function prepareIn(
  client: VcenterClient,
  { item, file }: FileOfItem,
  record: FileRecord,
  token: string,
  deadline: number,
  { clock, settings }: Services,
): Promise<PreparedFile> {
  const downloadSessionId = await openDownloadSession(client, item, record, token);
  const session = {
    downloadSessionId,
    status: "UNPREPARED",
    waitSeconds: 1,
    deadline: new Date(deadline).toISOString(),
  };
  try {
    const { contentVersion } = await client.getDownloadSession(downloadSessionId);
    await requireContentVersion(client, item, contentVersion);
    const answer = await client.prepareSessionFile(downloadSessionId, file.name, endpointType(settings));
    return { ...session, status: assess(answer, session, clock.now()) };
  } catch (error) {
    if (isSessionGone(error)) return { ...session, status: "SESSION_GONE" };
    throw error;
  }
}

/**
 * Keeps the download session alive and asks how far the file's preparation is. The next wait is half as long again,
 * at most a minute, a third of the session's lease, and no later than the deadline.
 * @throws PreparationFailed, PreparationTimedOut
 */
export function pollFile(state: FileOfItem & { session: PreparedFile }, services: Services) {
  return withVcenter(state.item, services, (client) => pollIn(client, state, state.session, services));
}

/** The same within one log-in, for TransferFile as well. */
export async function pollIn(
  client: VcenterClient,
  { file }: FileOfItem,
  session: PreparedFile,
  { clock, metrics, settings }: Services,
): Promise<PreparedFile> {
  const id = session.downloadSessionId;
  try {
    await client.keepDownloadSessionAlive(id);
    metrics?.add("KeepAlives", 1);
    const { state, expirationTime } = await client.getDownloadSession(id);
    if (state !== "ACTIVE") return { ...session, status: "SESSION_GONE" };
    let answer = await client.getSessionFile(id, file.name);
    // Documented as "not requested": a vCenter that forgot the request is asked again.
    if (answer.status === "UNPREPARED") {
      answer = await client.prepareSessionFile(id, file.name, endpointType(settings));
    }
    const now = clock.now();
    const status = assess(answer, session, now);
    return { ...session, status, waitSeconds: nextWait(session, expirationTime, now) };
  } catch (error) {
    if (isSessionOutOfReach(error)) return { ...session, status: "SESSION_GONE" };
    throw error;
  }
}

/** Every status but ERROR and PREPARED, known or not, means that the file is not ready yet. */
function assess(answer: DownloadSessionFile, { deadline }: PreparedFile, now: number): string {
  const { status, name } = answer;
  if (status === "ERROR") {
    const why = answer.errorMessage?.defaultMessage || answer.errorMessage?.id;
    throw new PreparationFailed(
      why
        ? `vCenter could not prepare the file "${name}": ${why}`
        : `vCenter could not prepare the file "${name}" and gave no reason: look at the item's tasks in vCenter`,
    );
  }
  if (status !== "PREPARED" && now >= Date.parse(deadline)) {
    throw new PreparationTimedOut(
      `The file "${name}" was still ${status} at the end of the time allowed for its preparation: ` +
        "vCenter may be busy, or still fetching it from its publisher. Start the export again later",
    );
  }
  return status;
}

function nextWait({ waitSeconds, deadline }: PreparedFile, expires: Date | undefined, now: number): number {
  const toDeadline = (Date.parse(deadline) - now) / 1000;
  const thirdOfLease = expires === undefined ? MAX_WAIT_SECONDS : (expires.getTime() - now) / 3000;
  const wait = Math.min(waitSeconds * 1.5, MAX_WAIT_SECONDS, toDeadline, thirdOfLease);
  return Math.max(1, Math.ceil(wait));
}

function endpointType({ mounts }: ExportSettings): EndpointType {
  return mounts?.length ? "DIRECT" : "HTTPS";
}
