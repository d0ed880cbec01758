import type { RunRecord } from "../catalog/runRecords.ts";
import type { Services } from "../services.ts";
import type { FilePlan, ItemPlan } from "../workflow.ts";
import { recordsOf } from "./run.ts";

/** Progress is written for people: more often than this it would only cost requests. */
const PROGRESS_INTERVAL_MILLISECONDS = 10_000;

/** The run record of one file while a function works on it. */
export interface FileRecord {
  readonly current: RunRecord;
  /** Resolves once the change is stored. */
  update(change: Partial<RunRecord>): Promise<void>;
  /** Cheap to call often: stores the progress at most every ten seconds. */
  progress(bytes: number, totalBytes: number | undefined): void;
  /** Resolves once nothing is being written any more. */
  settle(): Promise<void>;
}

/** Opens the file's record, and writes a new one first where there is none: before whatever it will tell of. */
export async function openFileRecord(
  { item, file }: { item: ItemPlan; file: FilePlan },
  services: Services,
): Promise<FileRecord> {
  const { clock, log } = services;
  const records = recordsOf(item, services);
  const existing = await records.read(file.index);
  let current = existing ?? newRecord(item, file, clock.now());
  let written: Promise<void> = existing === undefined ? records.write(current) : Promise.resolve();
  let progressDue = clock.now();
  await written;

  function update(change: Partial<RunRecord>): Promise<void> {
    current = { ...current, ...change, updatedAt: new Date(clock.now()).toISOString() };
    const write = () => records.write(current);
    // One after the other, whatever became of the one before: the last state must be the last one written.
    written = written.then(write, write);
    return written;
  }

  return {
    get current() {
      return current;
    },
    update,
    progress(bytes, totalBytes) {
      if (clock.now() < progressDue) return;
      progressDue = clock.now() + PROGRESS_INTERVAL_MILLISECONDS;
      update({ bytes, totalBytes: totalBytes ?? null }).catch((error: unknown) => {
        log.warn("The progress could not be recorded", { file: file.name, error: String(error) });
      });
    },
    settle: () => written.catch(() => {}),
  };
}

function newRecord(item: ItemPlan, file: FilePlan, now: number): RunRecord {
  const time = new Date(now).toISOString();
  return {
    run: item.run,
    index: file.index,
    vcenter: item.vcenter,
    libraryItemId: item.libraryItemId,
    fileName: file.name,
    bucket: item.bucket,
    key: file.key,
    state: "PREPARING",
    bytes: 0,
    totalBytes: null,
    openingSession: null,
    downloadSessionIds: [],
    uploads: [],
    staging: null,
    startedAt: time,
    updatedAt: time,
  };
}
