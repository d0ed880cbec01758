import { hasEnded, type RunRecord } from "../catalog/runRecords.ts";
import { DestinationChanged, Stopped } from "../errors.ts";
import type { Services } from "../services.ts";
import type { FilePlan, ItemPlan } from "../workflow.ts";
import { recordsOf } from "./run.ts";

/** Progress is written for people, who are promised that it is no more than ten seconds old. */
export const PROGRESS_INTERVAL_MILLISECONDS = 5_000;
/** Times that a change is stored anew because another function has written the record meanwhile. */
const MAX_STORED_ANEW = 5;

/** The run record of one file while a function works on it. */
export interface FileRecord {
  readonly current: RunRecord;
  /**
   * Resolves once the change is stored.
   * @throws Stopped when the file has ended meanwhile: then nothing is to be opened for it any more
   */
  update(change: Partial<RunRecord>): Promise<void>;
  /** Cheap to call often: stores the progress at most every five seconds, and not later than that. */
  progress(bytes: number, totalBytes: number | undefined): void;
  /** Resolves once nothing is being written any more. */
  settle(): Promise<void>;
}

type RecordedItem = Pick<ItemPlan, "run" | "vcenter" | "libraryItemId" | "bucket" | "prefix">;
type RecordedFile = Pick<FilePlan, "index" | "name" | "key">;

/**
 * Opens the file's record, and writes a new one first where there is none: before whatever it will tell of. A
 * function may outlive what called it: the record is only ever replaced by one who knows what stands in it, so that
 * what is written late brings no file back that has ended, and takes away nothing that another function noted.
 * @throws Stopped when the file has ended already
 */
export async function openFileRecord(
  { item, file }: { item: RecordedItem; file: RecordedFile },
  services: Services,
): Promise<FileRecord> {
  const { clock, log } = services;
  const records = recordsOf(item, services);
  const existing = await records.find(file.index);
  let current = existing?.record ?? newRecord(item, file, clock.now());
  if (hasEnded(current)) throw ended(file);
  let etag = existing?.etag ?? null;
  let unsaved: Partial<RunRecord> = {};
  let written: Promise<void> = existing === undefined ? store() : Promise.resolve();
  let progressDue = clock.now();
  let waiting = false;
  let latest: Pick<RunRecord, "bytes" | "totalBytes"> = current;
  let before: Moment | undefined;
  const settled = new AbortController();
  await written;

  async function store(): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      const changes = unsaved;
      unsaved = {};
      try {
        etag = await records.write(current, etag);
        return;
      } catch (error) {
        unsaved = { ...changes, ...unsaved };
        if (!(error instanceof DestinationChanged) || tries === MAX_STORED_ANEW) throw error;
        const found = await records.find(file.index);
        // Where there is no record any more, the whole execution has ended.
        if (found === undefined ? etag !== null : hasEnded(found.record)) throw ended(file, error);
        etag = found?.etag ?? null;
        if (found !== undefined) current = changed(found.record, unsaved);
      }
    }
  }

  function update(change: Partial<RunRecord>): Promise<void> {
    const timed = { ...change, updatedAt: new Date(clock.now()).toISOString() };
    current = { ...current, ...timed };
    unsaved = { ...unsaved, ...timed };
    // One after the other, whatever became of the one before: the last state must be the last one written.
    written = written.then(store, store);
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
      clock.sleep(milliseconds, settled.signal, { ref: false }).then(
        () => {
          waiting = false;
          storeProgress();
        },
        () => {},
      );
    },
    settle() {
      settled.abort();
      return written.catch(() => {});
    },
  };
}

function ended({ name }: RecordedFile, cause?: unknown): Stopped {
  return new Stopped(
    `The file "${name}" has ended for its export: what still works on it opens and publishes nothing more`,
    { cause },
  );
}

/** What another function wrote, with our changes: each of the two must find again what it has opened. */
function changed(theirs: RunRecord, ours: Partial<RunRecord>): RunRecord {
  const { downloadSessionIds = [], uploads = [] } = ours;
  const byId = new Map([...theirs.uploads, ...uploads].map((upload) => [upload.uploadId, upload]));
  return {
    ...theirs,
    ...ours,
    downloadSessionIds: [...new Set([...theirs.downloadSessionIds, ...downloadSessionIds])],
    uploads: [...byId.values()],
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

/** The record of a file of which nothing is open yet; `now` in milliseconds since the epoch. */
export function newRecord(item: RecordedItem, file: RecordedFile, now: number): RunRecord {
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
