import type { RunRecord } from "../catalog/runRecords.ts";
import type { Services } from "../services.ts";
import type { FilePlan, ItemPlan } from "../workflow.ts";
import { recordsOf } from "./run.ts";

/** Progress is written for people, who are promised that it is no more than ten seconds old. */
export const PROGRESS_INTERVAL_MILLISECONDS = 5_000;

/** The run record of one file while a function works on it. */
export interface FileRecord {
  readonly current: RunRecord;
  /** Resolves once the change is stored. */
  update(change: Partial<RunRecord>): Promise<void>;
  /** Cheap to call often: stores the progress at most every five seconds, and not later than that. */
  progress(bytes: number, totalBytes: number | undefined): void;
  /** Resolves once nothing is being written any more. */
  settle(): Promise<void>;
}

type RecordedItem = Pick<ItemPlan, "run" | "vcenter" | "libraryItemId" | "bucket" | "prefix">;
type RecordedFile = Pick<FilePlan, "index" | "name" | "key">;

/** Opens the file's record, and writes a new one first where there is none: before whatever it will tell of. */
export async function openFileRecord(
  { item, file }: { item: RecordedItem; file: RecordedFile },
  services: Services,
): Promise<FileRecord> {
  const { clock, log } = services;
  const records = recordsOf(item, services);
  const existing = await records.read(file.index);
  let current = existing ?? newRecord(item, file, clock.now());
  let written: Promise<void> = existing === undefined ? records.write(current) : Promise.resolve();
  let progressDue = clock.now();
  let waiting = false;
  let latest: Pick<RunRecord, "bytes" | "totalBytes"> = current;
  let before: Moment | undefined;
  const ended = new AbortController();
  await written;

  function update(change: Partial<RunRecord>): Promise<void> {
    current = { ...current, ...change, updatedAt: new Date(clock.now()).toISOString() };
    const write = () => records.write(current);
    // One after the other, whatever became of the one before: the last state must be the last one written.
    written = written.then(write, write);
    return written;
  }

  function storeProgress(): void {
    const now = clock.now();
    progressDue = now + PROGRESS_INTERVAL_MILLISECONDS;
    const current = { bytes: latest.bytes, at: now };
    const bytesPerSecond = before && speed(before, current);
    before = current;
    update({ ...latest, bytesPerSecond: bytesPerSecond ?? null }).catch((error: unknown) => {
      log.warn("The progress could not be recorded", { file: file.name, error: String(error) });
    });
  }

  return {
    get current() {
      return current;
    },
    update,
    progress(bytes, totalBytes) {
      latest = { bytes, totalBytes: totalBytes ?? null };
      if (waiting) return;
      const milliseconds = progressDue - clock.now();
      if (milliseconds <= 0) return storeProgress();
      waiting = true;
      // The last progress before a pause is stored as well.
      clock.sleep(milliseconds, ended.signal, { ref: false }).then(
        () => {
          waiting = false;
          storeProgress();
        },
        () => {},
      );
    },
    settle() {
      ended.abort();
      return written.catch(() => {});
    },
  };
}

/** How many bytes there were at a time in milliseconds. */
interface Moment {
  bytes: number;
  at: number;
}

/** Bytes per second; undefined where the file was begun anew in between. */
function speed(before: Moment, now: Moment): number | undefined {
  if (now.at <= before.at || now.bytes < before.bytes) return undefined;
  return Math.round(((now.bytes - before.bytes) * 1000) / (now.at - before.at));
}

function newRecord(item: RecordedItem, file: RecordedFile, now: number): RunRecord {
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
    error: null,
    bytes: 0,
    bytesPerSecond: null,
    totalBytes: null,
    openingSession: null,
    downloadSessionIds: [],
    uploads: [],
    staging: null,
    startedAt: time,
    updatedAt: time,
  };
}
