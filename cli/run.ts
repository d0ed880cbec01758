import { systemClock } from "../functions/clock.ts";
import type { VcenterProfile } from "../functions/config.ts";
import { type ExportInput, parseInput } from "../functions/input.ts";
import { silentLogger } from "../functions/log.ts";
import { logIn } from "../functions/vsphere/client.ts";
import { chooseView } from "../local/display/chooseView.ts";
import { jsonView } from "../local/display/jsonView.ts";
import { reportTable } from "../local/display/reportTable.ts";
import { showExport } from "../local/display/showExport.ts";
import { listenForInterrupt } from "../local/interrupt.ts";
import { adviseOnCertificate, asFileError, EXIT, failedReport, writeError } from "./failure.ts";
import { findMeant } from "./find.ts";
import { readProfile } from "./profile.ts";
import { exportInput, type RunOptions, type RunRequest, readRunRequest } from "./runOptions.ts";
import { openS3 } from "./s3.ts";
import type { Streams } from "./streams.ts";

/**
 * Exports one item, by the same state machine that runs in the cloud.
 * @param words what stands on the command line besides options
 * @returns the exit code
 * @throws InvalidInput for what is wrong before anything has started
 */
export async function run(words: string[], options: RunOptions, streams: Streams): Promise<number> {
  const request = readRunRequest(words, options);
  const { stdout, stderr, environment } = streams;
  // First, so that nobody is asked for a password in vain.
  const s3 = await openS3(options, environment);
  const profile = await readProfile(options, streams);
  using interrupt = listenForInterrupt(() => {
    stderr.write(
      "\nStopping: removing what this export has opened. Ctrl-C again ends at once, and leaves it.\n",
    );
  });
  const view = options.json ? jsonView(stdout, systemClock) : chooseView(stdout);
  try {
    const input = await chooseItem(profile, request, options, interrupt.signal);
    const services = { profiles: [profile], s3, settings: request.settings, signal: interrupt.signal };
    const report = await showExport({ input, services, view });
    if (!options.json) stdout.write(reportTable(report, stdout));
    const interrupted = interrupt.exitCode();
    if (interrupted !== undefined) return interrupted;
    if (report.error === null) return EXIT.success;
    writeError(report.error, stderr);
    await adviseOnCertificate(report.error, profile, stderr);
    return EXIT.failed;
  } catch (error) {
    if (options.json) view.ended(failedReport(profile.name, asFileError(error)));
    const interrupted = interrupt.exitCode();
    if (interrupted === undefined) throw error;
    return interrupted;
  } finally {
    s3.destroy();
  }
}

/** Asks vCenter only where the slashes in LIBRARY/ITEM leave open what is meant. */
async function chooseItem(
  profile: VcenterProfile,
  request: RunRequest,
  options: RunOptions,
  signal: AbortSignal,
): Promise<ExportInput> {
  const { itemId } = options;
  if (itemId !== undefined) return exportInput(profile.name, { libraryItemId: itemId }, request, options);
  const readings = request.readings.map((reading) => exportInput(profile.name, reading, request, options));
  const [only, ...others] = readings;
  if (only !== undefined && others.length === 0) return only;
  const client = await logIn(profile, { clock: systemClock, log: silentLogger, signal });
  try {
    const { item } = await findMeant(client, readings.map(parseInput));
    return exportInput(profile.name, { libraryItemId: item.id }, request, options);
  } finally {
    await client.logOut();
  }
}
