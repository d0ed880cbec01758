import { randomUUID } from "node:crypto";
import { DownloadSessionLost } from "../errors.ts";
import type { Services } from "../services.ts";
import type { VcenterClient } from "../vsphere/model.ts";
import type { FileState, PreparedFile } from "../workflow.ts";
import { isSessionOutOfReach, requireContentVersion } from "./downloadSession.ts";
import type { FileRecord } from "./fileRecord.ts";
import { pollIn, prepareIn } from "./prepareFile.ts";

/** Of an invocation's time, what is kept for moving bytes and cleaning up. */
const RESERVED_MILLISECONDS = 60_000;

/**
 * The id of a download session in which the file is PREPARED: the one that PrepareFile opened, or, when that is
 * gone (with the log-in that made it, or by its lease), one that is opened, prepared and used in this log-in.
 * @throws ItemChanged, PreparationFailed, PreparationTimedOut
 * @throws DownloadSessionLost when the new session disappears as well
 */
export async function preparedSession(
  client: VcenterClient,
  state: FileState,
  record: FileRecord,
  services: Services,
): Promise<string> {
  const { session } = state;
  if (session !== null && session.status !== "SESSION_GONE" && (await isUsable(client, state, session))) {
    return session.downloadSessionId;
  }
  services.log.info("The download session is gone: opening another", { file: state.file.name });
  const deadline = preparationDeadline(services);
  let own = await prepareIn(client, state, record, randomUUID(), deadline, services);
  while (own.status !== "PREPARED") {
    if (own.status === "SESSION_GONE") {
      throw new DownloadSessionLost(
        `The download session of the file "${state.file.name}" disappeared while vCenter was preparing it: ` +
          "start the export again",
      );
    }
    await services.clock.sleep(own.waitSeconds * 1000, services.signal);
    own = await pollIn(client, state, own, services);
  }
  return own.downloadSessionId;
}

async function isUsable(
  client: VcenterClient,
  { item, file }: FileState,
  session: PreparedFile,
): Promise<boolean> {
  try {
    const { state, contentVersion } = await client.getDownloadSession(session.downloadSessionId);
    if (state !== "ACTIVE") return false;
    await requireContentVersion(client, item, contentVersion);
    const { status } = await client.getSessionFile(session.downloadSessionId, file.name);
    return status === "PREPARED";
  } catch (error) {
    if (isSessionOutOfReach(error)) return false;
    throw error;
  }
}

function preparationDeadline({ clock, settings, remainingMilliseconds }: Services): number {
  const allowed = settings.prepareTimeoutSeconds * 1000;
  return clock.now() + Math.min(allowed, Math.max(0, remainingMilliseconds() - RESERVED_MILLISECONDS));
}
