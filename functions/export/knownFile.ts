import * as z from "zod";
import type { RunRecord } from "../catalog/runRecords.ts";
import type { Services } from "../services.ts";
import type { FileState } from "../workflow.ts";
import { destinationOf } from "./fileObject.ts";
import { newRecord } from "./fileRecord.ts";

/** What a state of the workflow carries of one file, besides its record. */
export type KnownFile = Pick<FileState, "item" | "file" | "session"> & { transfer?: { cursor: unknown } };

/**
 * A record of what the execution's state tells of a file: all that there is where the file's own was removed, or cannot
 * be read. A session or an upload that a function opened and had not returned yet is not in it.
 */
export function knownOf({ item, file, session, transfer }: KnownFile, services: Services): RunRecord {
  const upload = withUpload.safeParse(transfer?.cursor).data?.upload;
  return {
    ...newRecord(item, file, services.clock.now()),
    downloadSessionIds: session === null ? [] : [session.downloadSessionId],
    uploads: upload === undefined ? [] : [upload],
    staging: destinationOf(item, file, services.settings).staging,
  };
}

/** The part of a cursor that names what is open. */
const withUpload = z.object({
  upload: z.object({ bucket: z.string(), key: z.string(), uploadId: z.string() }),
});
