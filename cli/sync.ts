import { readSyncReport } from "../functions/sync/records.ts";
import { showSync } from "../local/display/showSync.ts";
import { syncTable } from "../local/display/syncTable.ts";
import { jsonLine } from "../local/display/text.ts";
import { syncInput } from "./libraryOptions.ts";
import { onThisMachine } from "./onThisMachine.ts";
import type { Streams } from "./streams.ts";
import { readSyncRequest, type SyncOptions } from "./syncOptions.ts";

/**
 * Mirrors a library, by the same state machines that run in the cloud.
 * @param words what stands on the command line besides options
 * @returns the exit code
 * @throws InvalidInput for what is wrong before anything has started
 */
export async function sync(words: string[], options: SyncOptions, streams: Streams): Promise<number> {
  const { library, destination, settings } = readSyncRequest(words, options);
  const { stdout } = streams;
  return onThisMachine(options, streams, {
    settings,
    stopping: "removing what the exports have opened",
    async work({ profile, s3, view, services }) {
      const input = syncInput(profile.name, library, destination, options);
      const report = await showSync({ input, services, view });
      const items = report.report === null ? [] : await readSyncReport(s3, report.report);
      stdout.write(
        options.json ? jsonLine({ event: "report", ...report, items }) : syncTable(report, items, stdout),
      );
      return report.error;
    },
  });
}
