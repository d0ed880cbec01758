import type { S3Client } from "@aws-sdk/client-s3";
import type { SyncExecutions } from "../functions/executions/executions.ts";
import { SYNC } from "../functions/executions/kinds.ts";
import { stopExecution } from "../functions/executions/startAndStop.ts";
import { readSyncStatus, type SyncStatus } from "../functions/executions/syncStatus.ts";
import type { ItemOutcome } from "../functions/sync/model.ts";
import { readSyncReport } from "../functions/sync/records.ts";
import { jsonLine } from "../local/display/text.ts";
import type { Standing, Subject } from "./subject.ts";
import { progressText, syncStatusText } from "./syncStatusText.ts";

/** A sync, which is watched by its numbers: what its items are, the report at its end tells. */
export function syncSubject(id: string, syncs: SyncExecutions, s3: S3Client): Subject {
  async function read(): Promise<Standing & { status: SyncStatus & { items: ItemOutcome[] } }> {
    const status = await readSyncStatus(id, syncs);
    const items = status.report === null ? [] : await readSyncReport(s3, status.report);
    return { status: { ...status, items }, text: (stream) => syncStatusText(status, items, stream) };
  }
  return {
    id,
    word: "sync",
    describe: () => syncs.describe(id),
    read,
    watch(stdout, json) {
      let shown = "";
      return {
        async next() {
          const standing = await read();
          const { status } = standing;
          const text = progressText(status);
          if (status.state !== "RUNNING" || text === shown) return standing;
          shown = text;
          const { pages, exporting, counts, filesMoved, bytesMoved } = status;
          const numbers = { pages, exporting, counts, filesMoved, bytesMoved };
          stdout.write(json ? jsonLine({ event: "progress", ...numbers }) : `${text}\n`);
          return standing;
        },
        closed() {},
      };
    },
    stop: (reason) => stopExecution(SYNC, syncs, id, reason),
  };
}
