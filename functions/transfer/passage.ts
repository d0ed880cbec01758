import type { RecordedChecksum } from "../checksum.ts";
import type { CopyingCursor, Cursor } from "./cursor.ts";
import { Deadline } from "./deadline.ts";
import type { TransferRequest } from "./request.ts";
import type { S3Access } from "./s3/multipartUpload.ts";

/** What the steps of a transfer share while they work on it in this process. */
export interface Passage {
  request: TransferRequest;
  access: S3Access;
  /** Aborting it ends the reading and every request of the passage, with that reason. */
  failure: AbortController;
  deadline: Deadline;
  /** When the transfer began, perhaps in another process; milliseconds since the epoch. */
  startedAt: number;
  /** How often it was started anew because what was uploaded was gone, or met a conflict. */
  startedAnew: number;
  /** Ranges received at the same time. */
  readers: number;
}

/** What became visible under the final key. */
export interface Published {
  versionId: string | null;
  /** The checksum that the object carries. */
  checksum: RecordedChecksum;
  itemChecksumDiffers: boolean;
  size: number;
}

/** A staging object, complete and verified. */
export type Staged = CopyingCursor["staged"];

export function openPassage(
  request: TransferRequest,
  { startedAt, startedAnew, readers }: Pick<Passage, "startedAt" | "startedAnew" | "readers">,
): Passage {
  const failure = new AbortController();
  const { clock, destination, fileName, hooks, remainingMilliseconds, s3, signal } = request;
  return {
    request,
    access: {
      s3,
      expectedBucketOwner: destination.expectedBucketOwner,
      signal: AbortSignal.any([signal, failure.signal]),
      beforeStep: async () => hooks.beforeStep?.(),
    },
    failure,
    deadline: new Deadline(remainingMilliseconds, clock, fileName),
    startedAt,
    startedAnew,
    readers,
  };
}

/** The fields that every cursor of the passage has. */
export function cursorBase({
  request,
  startedAt,
  startedAnew,
}: Passage): Pick<Cursor, "fileName" | "exportId" | "startedAt" | "startedAnew"> {
  return { fileName: request.fileName, exportId: request.destination.exportId, startedAt, startedAnew };
}
