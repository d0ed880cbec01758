import {
  DownloadSessionLost,
  SourceRefused,
  Stopped,
  TransferInterrupted,
  UnexpectedResponse,
} from "../errors.ts";
import type { Services } from "../services.ts";
import type { TransferOutcome } from "../transfer/request.ts";
import { transferFile } from "../transfer/transfer.ts";
import { holdLease } from "../vsphere/lease.ts";
import type { VcenterClient } from "../vsphere/model.ts";
import { downloadVerdict } from "../vsphere/verdict.ts";
import type { FileState, TransferState } from "../workflow.ts";
import { removeUploads } from "./cleanUp.ts";
import { isSessionGone } from "./downloadSession.ts";
import { endpointSource } from "./endpointSource.ts";
import { destinationOf } from "./fileObject.ts";
import { type FileRecord, openFileRecord } from "./fileRecord.ts";
import { exported, exportedBefore } from "./fileResult.ts";
import { preparedSession } from "./preparedSession.ts";
import { type Run, recordsOf, withVcenter } from "./run.ts";

/**
 * Moves one prepared file to S3: joins vCenter's endpoint, lease and verdict to the transfer, and keeps the run
 * record true. The download URI stays within this call.
 * @throws DownloadSessionLost, ItemChanged, PreparationFailed, and the errors of the transfer
 */
export async function exportFile(state: FileState, services: Services): Promise<TransferState> {
  const record = await openFileRecord(state, services);
  const { cursor } = state.transfer;
  if (cursor === null) {
    // A file that this execution began to move before may be there already: then vCenter need not send it again.
    const before = record.current.state === "TRANSFERRING" && (await exportedBefore(state, services));
    if (before) return before;
    // An invocation that ended without a word may have left an upload that nobody goes on with.
    await removeUploads(record.current, services);
  }
  return withVcenter(state.item, services, async (client) => {
    const sessionId = await preparedSession(client, state, record, services);
    try {
      return toState(state, await move(client, sessionId, state, record, services));
    } catch (error) {
      throw await explain(error, client, sessionId, state.file.name);
    }
  });
}

async function move(
  client: VcenterClient,
  sessionId: string,
  { item, file, transfer }: FileState,
  record: FileRecord,
  services: Services,
): Promise<TransferOutcome> {
  const { clock, log, metrics, s3, settings } = services;
  const startedAt = clock.now();
  const { downloadEndpoint } = await client.getSessionFile(sessionId, file.name);
  if (downloadEndpoint === undefined) {
    throw new UnexpectedResponse(`vCenter prepared the file "${file.name}" but names no endpoint for it`);
  }
  const source = await endpointSource(client, downloadEndpoint, file.name, services);
  const destination = destinationOf(item, file, settings);
  let percent: number | undefined;
  await record.update({
    state: "TRANSFERRING",
    staging: destination.staging,
    uploads: transfer.cursor === null ? [] : record.current.uploads,
  });

  const lease = holdLease(client, sessionId, {
    clock,
    log,
    metrics,
    percent: () => percent,
    signal: services.signal,
  });
  const signal = services.signal ? AbortSignal.any([lease.signal, services.signal]) : lease.signal;
  try {
    return await transferFile({
      fileName: file.name,
      source,
      destination,
      itemChecksum: file.checksum,
      requireChecksum: item.requireChecksum,
      readers: item.readers,
      sizeHint: file.sizeHint,
      cursor: transfer.cursor,
      verdict: () => downloadVerdict(client, sessionId, file.name, { clock, signal }),
      hooks: {
        beforeStep: () => throwIfStopped(item, file.name, services),
        uploadOpened: (upload) => record.update({ uploads: [...record.current.uploads, upload] }),
        progress(bytes, totalBytes) {
          percent = totalBytes ? Math.floor((100 * bytes) / totalBytes) : undefined;
          record.progress(bytes, totalBytes);
          services.progress?.({ index: file.index, name: file.name, bytes, totalBytes });
        },
      },
      s3,
      clock,
      partSizeBytes: settings.partSizeBytes,
      remainingMilliseconds: services.remainingMilliseconds,
      signal,
    });
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    metrics?.add("TransferSeconds", (clock.now() - startedAt) / 1000);
    await lease.release();
    await source.close();
    await record.settle();
  }
}

/** A function outlives the execution that called it: what a clean-up has removed must not be opened anew. */
async function throwIfStopped(run: Run, fileName: string, services: Services): Promise<void> {
  if (await recordsOf(run, services).isStopped()) {
    throw new Stopped(`The export was stopped while the file "${fileName}" was on its way`);
  }
}

/** Of the download session, which is not there any more, or of an endpoint that stopped answering because of that. */
async function explain(error: unknown, client: VcenterClient, sessionId: string, fileName: string) {
  if (!(error instanceof Error) || !(await isOfSessionEnd(error, client, sessionId))) return error;
  return new DownloadSessionLost(
    `The download session of the file "${fileName}" ended while the file was on its way (${error.message}): ` +
      "start the export again",
    { cause: error },
  );
}

/** An endpoint that stops answering is more often the session's end than the endpoint's. */
async function isOfSessionEnd(error: Error, client: VcenterClient, sessionId: string): Promise<boolean> {
  if (isSessionGone(error)) return true;
  if (!(error instanceof SourceRefused || error instanceof TransferInterrupted)) return false;
  try {
    return (await client.getDownloadSession(sessionId)).state !== "ACTIVE";
  } catch (cause) {
    return isSessionGone(cause);
  }
}

function toState(state: FileState, outcome: TransferOutcome): TransferState {
  if (!outcome.done) return { done: false, cursor: outcome.cursor, result: null };
  return exported(state, outcome, Math.round(outcome.bytesPerSecond));
}
