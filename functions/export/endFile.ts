import { type RunRecord, unlessUnreadable } from "../catalog/runRecords.ts";
import { DestinationChanged } from "../errors.ts";
import type { Services } from "../services.ts";
import type { FileState } from "../workflow.ts";
import { cleanUpExported } from "./cleanUp.ts";
import { type KnownFile, knownOf } from "./knownFile.ts";
import { recordsOf } from "./run.ts";

/** Times that a file's end is put into its record, where something that is still at work on it writes there as well. */
const MAX_TRIES = 5;

type End = { state: "EXPORTED"; bytes: number } | { state: "FAILED"; error: string };

/** Ends the download sessions of a file that is exported, and removes what else is left of it. */
export function completeFile(state: FileState, services: Services): Promise<void> {
  return endFile(state, services, {
    remove: (record) => cleanUpExported(state.item, record, services),
    end: (record) => ({ state: "EXPORTED", bytes: state.transfer.result?.size ?? record.bytes }),
  });
}

/**
 * Removes what the file's record names, and says there how the file ended, and that nothing of it is open any more: who
 * looks at an export that still runs learns it from there. The record goes with those of the whole execution.
 * Whatever was noted meanwhile is removed as well, and after that nothing is noted any more. Where there is no record
 * that can be read, what the execution's state names is removed: nobody would come back to it.
 * @throws what `remove` throws; DestinationChanged when the record never stays what it was for long enough
 */
export async function endFile(
  known: KnownFile,
  services: Services,
  file: { remove(record: RunRecord): Promise<void>; end(record: RunRecord): End },
): Promise<void> {
  const { run } = known.item;
  const { index, name } = known.file;
  const records = recordsOf(known.item, services);
  for (let tries = 1; ; tries += 1) {
    const found = await records.find(index).catch(unlessUnreadable);
    if (found === undefined) {
      services.log.warn("A file that has ended has no run record that can be read", { run, file: name });
      return await file.remove(knownOf(known, services));
    }
    const { record, etag } = found;
    await file.remove(record);
    try {
      await records.write(
        {
          ...record,
          ...file.end(record),
          bytesPerSecond: null,
          openingSession: null,
          downloadSessionIds: [],
          uploads: [],
          staging: null,
          updatedAt: new Date(services.clock.now()).toISOString(),
        },
        etag,
      );
      return;
    } catch (error) {
      if (!(error instanceof DestinationChanged) || tries === MAX_TRIES) throw error;
    }
  }
}
