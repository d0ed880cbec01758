import { systemClock } from "../functions/clock.ts";
import type { VcenterProfile } from "../functions/config.ts";
import { type ExportInput, parseInput } from "../functions/input.ts";
import { silentLogger } from "../functions/log.ts";
import { logIn } from "../functions/vsphere/client.ts";
import { reportTable } from "../local/display/reportTable.ts";
import { showExport } from "../local/display/showExport.ts";
import { asFileError, failedReport } from "./failure.ts";
import { findMeant } from "./find.ts";
import { onThisMachine } from "./onThisMachine.ts";
import { exportInput, type RunOptions, type RunRequest, readRunRequest } from "./runOptions.ts";
import type { Streams } from "./streams.ts";

/**
 * Exports one item, by the same state machine that runs in the cloud.
 * @param words what stands on the command line besides options
 * @returns the exit code
 * @throws InvalidInput for what is wrong before anything has started
 */
export async function run(words: string[], options: RunOptions, streams: Streams): Promise<number> {
  const request = readRunRequest(words, options);
  const { stdout } = streams;
  return onThisMachine(options, streams, {
    settings: request.settings,
    stopping: "removing what this export has opened",
    async work({ profile, view, signal, services }) {
      try {
        const input = await chooseItem(profile, request, options, signal);
        const report = await showExport({ input, services, view });
        if (!options.json) stdout.write(reportTable(report, stdout));
        return report.error;
      } catch (error) {
        // Programs get a last line in any case.
        if (options.json) view.ended(failedReport(profile.name, asFileError(error)));
        throw error;
      }
    },
  });
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
