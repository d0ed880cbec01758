import * as z from "zod";
import { describeIssues } from "../config.ts";
import { InternalError } from "../errors.ts";
import type { CatalogBucket } from "./bucket.ts";
import { runFolder } from "./keys.ts";
import { deleteObject, getText, headObject, listKeys, putJson } from "./objects.ts";

const runRecordSchema = z.object({
  run: z.string(),
  index: z.int().nonnegative(),
  vcenter: z.string(),
  libraryItemId: z.string(),
  fileName: z.string(),
  bucket: z.string(),
  key: z.string(),
  /** A file that has come to its end keeps its record, with nothing open, until the whole execution has. */
  state: z.enum(["PREPARING", "TRANSFERRING", "EXPORTED", "FAILED"]),
  /** Name of the error, where `state` is FAILED. */
  error: z.string().nullable().default(null),
  /** Received so far. */
  bytes: z.int().nonnegative(),
  /** Of the last seconds; null while it is not known. */
  bytesPerSecond: z.int().nonnegative().nullable().default(null),
  /** Null while it is unknown. */
  totalBytes: z.int().nonnegative().nullable(),
  /**
   * Client token of a download session that is being opened: who does not learn its id can ask with the same token
   * again. Null at all other times.
   */
  openingSession: z.string().nullable(),
  /** Every download session that was opened for the file. */
  downloadSessionIds: z.array(z.string()),
  /** Every multipart upload that was opened for the file. */
  uploads: z.array(z.object({ bucket: z.string(), key: z.string(), uploadId: z.string() })),
  /** Where bytes may be waiting for their checksum; null before the transfer. */
  staging: z.object({ bucket: z.string(), key: z.string() }).nullable(),
  /** Only of a file that was handed over to a container: what TransferFile was called with, and what became of it. */
  container: z
    .object({
      state: z.unknown(),
      /** Null until the container has told; `result` is null where there is an error. */
      outcome: z
        .object({
          result: z.unknown(),
          error: z.object({ name: z.string(), message: z.string() }).nullable(),
        })
        .nullable(),
    })
    .optional(),
  /** ISO 8601. */
  startedAt: z.string(),
  updatedAt: z.string(),
});

/**
 * What one file of an execution has opened and how far it is. Written before the first side effect; progress for
 * people and the clean-up after a stop read nothing else.
 */
export type RunRecord = z.infer<typeof runRecordSchema>;

/** Whether the file has come to its end for the execution: from then on, nobody else has anything to say of it. */
export function hasEnded({ state }: RunRecord): boolean {
  return state === "EXPORTED" || state === "FAILED";
}

/** The records of one execution: `<prefix>.library-export/runs/<run>/<index>.json`. */
export interface RunRecords {
  /** @throws InternalError when there is a record that cannot be read */
  read(index: number): Promise<RunRecord | undefined>;
  /** The same with the ETag by which the record is replaced if nobody has written it since. */
  find(index: number): Promise<{ record: RunRecord; etag: string } | undefined>;
  /** Of the files that have a record, in their order. */
  indexes(): Promise<number[]>;
  /** Those that can be read: one that cannot must not hide what becomes of the other files. */
  list(): Promise<RunRecord[]>;
  /**
   * @param replaces as of `putText`; absent: whatever is there
   * @returns the new record's ETag
   * @throws DestinationChanged when the record is not the one that was to be replaced, or is gone
   */
  write(record: RunRecord, replaces?: string | null): Promise<string>;
  /** Notes for every later state of the execution that vCenter refused the log-in. */
  markLoginRefused(): Promise<void>;
  isLoginRefused(): Promise<boolean>;
  /** Notes for functions that still run after their execution was stopped that they are to open nothing more. */
  markStopped(): Promise<void>;
  isStopped(): Promise<boolean>;
  /** Whether anything of the execution is left in its folder. */
  exist(): Promise<boolean>;
  /** Removes everything that is left of the execution's records but those of the files named. */
  clear(keep?: ReadonlySet<number>): Promise<void>;
}

export function openRunRecords(catalog: CatalogBucket, prefix: string, run: string): RunRecords {
  const folder = runFolder(prefix, run);
  const recordKey = (index: number) => `${folder}${index}.json`;
  const loginRefusedKey = `${folder}login-refused.json`;
  const stoppedKey = `${folder}stopped.json`;

  async function find(index: number) {
    const key = recordKey(index);
    const found = await getText(catalog, key);
    if (found === undefined) return undefined;
    const record = parseRecord(found.text, key);
    if (record.run === run && record.index === index) return { record, etag: found.etag };
    throw new InternalError(`The run record ${key} is of file ${record.index} of the run "${record.run}"`);
  }

  const read = async (index: number) => (await find(index))?.record;

  async function indexes(): Promise<number[]> {
    const keys = await listKeys(catalog, folder);
    const numbers = keys.flatMap((key) => /\/([0-9]+)\.json$/.exec(key)?.[1] ?? []).map(Number);
    return numbers.sort((a, b) => a - b);
  }

  return {
    read,
    find,
    indexes,
    async list() {
      const records = await Promise.all(
        (await indexes()).map((index) => read(index).catch(unlessUnreadable)),
      );
      return records.filter((record) => record !== undefined);
    },
    write: (record, replaces = "*") => putJson(catalog, recordKey(record.index), record, replaces),
    async markLoginRefused() {
      await putJson(catalog, loginRefusedKey, {}, "*");
    },
    isLoginRefused: async () => (await headObject(catalog, loginRefusedKey)) !== undefined,
    async markStopped() {
      await putJson(catalog, stoppedKey, {}, "*");
    },
    isStopped: async () => (await headObject(catalog, stoppedKey)) !== undefined,
    exist: async () => (await listKeys(catalog, folder)).length > 0,
    async clear(keep = new Set()) {
      const kept = new Set([...keep].map(recordKey));
      for (const key of await listKeys(catalog, folder)) if (!kept.has(key)) await deleteObject(catalog, key);
    },
  };
}

/** For those whom a record that is there and cannot be read must not keep from the rest of their work. */
export function unlessUnreadable(error: unknown): undefined {
  if (!(error instanceof InternalError)) throw error;
}

function parseRecord(text: string, key: string): RunRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new InternalError(`The run record ${key} is not JSON`, { cause: error });
  }
  const parsed = runRecordSchema.safeParse(value);
  if (!parsed.success) throw new InternalError(`The run record ${key}: ${describeIssues(parsed.error)}`);
  return parsed.data;
}
