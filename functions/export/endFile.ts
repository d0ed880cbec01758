import type { RunRecord } from "../catalog/runRecords.ts";
import { DestinationChanged } from "../errors.ts";
import type { Services } from "../services.ts";
import { cleanUpExported } from "./cleanUp.ts";
import { type Run, recordsOf } from "./run.ts";

/** Times that a file's end is put into its record, where something that is still at work on it writes there as well. */
const MAX_TRIES = 5;

type End = { state: "EXPORTED"; bytes: number } | { state: "FAILED"; error: string };

/** Ends the download sessions of a file that is exported, and removes what else is left of it. */
export function completeFile(
  run: Run,
  index: number,
  size: number | null,
  services: Services,
): Promise<void> {
  return endFile(run, index, services, {
    remove: (record) => cleanUpExported(run, record, services),
    end: (record) => ({ state: "EXPORTED", bytes: size ?? record.bytes }),
  });
}

/**
 * Removes what the file's record names, and says there how the file ended, and that nothing of it is open any more: who
 * looks at an export that still runs learns it from there. The record goes with those of the whole execution.
 * Whatever was noted meanwhile is removed as well, and after that nothing is noted any more.
 * @throws what `remove` throws; DestinationChanged when the record never stays what it was for long enough
 */
export async function endFile(
  run: Run,
  index: number,
  services: Services,
  file: { remove(record: RunRecord): Promise<void>; end(record: RunRecord): End },
): Promise<void> {
  const records = recordsOf(run, services);
  for (let tries = 1; ; tries += 1) {
    const found = await records.find(index);
    if (found === undefined) return;
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
