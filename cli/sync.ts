import { systemClock } from "../functions/clock.ts";
import { readSyncReport } from "../functions/sync/records.ts";
import { chooseView } from "../local/display/chooseView.ts";
import { jsonView } from "../local/display/jsonView.ts";
import { showSync } from "../local/display/showSync.ts";
import { syncTable } from "../local/display/syncTable.ts";
import { jsonLine } from "../local/display/text.ts";
import { listenForInterrupt } from "../local/interrupt.ts";
import { adviseOnCertificate, EXIT, writeError } from "./failure.ts";
import { syncInput } from "./libraryOptions.ts";
import { readProfile } from "./profile.ts";
import { openS3 } from "./s3.ts";
import type { Streams } from "./streams.ts";
import { readSyncRequest, type SyncOptions } from "./syncOptions.ts";

/**
 * Mirrors a library, by the same state machines that run in the cloud.
 * @param words what stands on the command line besides options
 * @returns the exit code
 * @throws InvalidInput for what is wrong before anything has started
 */
export async function sync(words: string[], options: SyncOptions, streams: Streams): Promise<number> {
  const request = readSyncRequest(words, options);
  const { stdout, stderr, environment } = streams;
  // First, so that nobody is asked for a password in vain.
  const s3 = await openS3(options, environment);
  const profile = await readProfile(options, streams);
  using interrupt = listenForInterrupt(() => {
    stderr.write(
      "\nStopping: removing what the exports have opened. Ctrl-C again ends at once, and leaves it.\n",
    );
  });
  const view = options.json ? jsonView(stdout, systemClock) : chooseView(stdout);
  try {
    const input = syncInput(profile.name, request.library, request.destination, options);
    const services = { profiles: [profile], s3, settings: request.settings, signal: interrupt.signal };
    const report = await showSync({ input, services, view });
    const items = report.report === null ? [] : await readSyncReport(s3, report.report);
    if (options.json) stdout.write(jsonLine({ event: "report", ...report, items }));
    else stdout.write(syncTable(report, items));
    const interrupted = interrupt.exitCode();
    if (interrupted !== undefined) return interrupted;
    if (report.error === null) return EXIT.success;
    writeError(report.error, stderr);
    await adviseOnCertificate(report.error, profile, stderr);
    return EXIT.failed;
  } finally {
    s3.destroy();
  }
}
