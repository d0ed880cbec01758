import type { Clock } from "../functions/clock.ts";
import { systemClock } from "../functions/clock.ts";
import { DeploymentUnavailable, DestinationUnavailable } from "../functions/errors.ts";
import { readStatus } from "../functions/executions/readStatus.ts";
import type { ExportStatus } from "../functions/executions/status.ts";
import { chooseView } from "../local/display/chooseView.ts";
import { jsonView } from "../local/display/jsonView.ts";
import { jsonLine } from "../local/display/text.ts";
import type { ExportView } from "../local/display/view.ts";
import { listenForInterrupt } from "../local/interrupt.ts";
import { type Deployment, openDeployment } from "./deployment.ts";
import type { DeploymentOptions } from "./deploymentOptions.ts";
import { EXIT, writeError } from "./failure.ts";
import { statusText } from "./statusText.ts";
import type { Streams } from "./streams.ts";

export interface WatchOptions extends DeploymentOptions {
  /** Seconds. */
  interval: number;
  json?: boolean;
}

/** Shows an export until it has ended. Ctrl-C ends the watching, not the export. Returns the exit code. */
export async function watch(id: string, options: WatchOptions, streams: Streams): Promise<number> {
  using deployment = await openDeployment(options, streams.environment);
  return watchExport(id, deployment, options, streams);
}

export async function watchExport(
  id: string,
  deployment: Deployment,
  { interval, json }: Pick<WatchOptions, "interval" | "json">,
  { stdout, stderr }: Streams,
): Promise<number> {
  using interrupt = listenForInterrupt(() => {
    stderr.write(`\nThe export goes on. To look again: watch ${id}; to stop it: stop ${id}\n`);
  });
  const view = json ? jsonView(stdout, systemClock) : chooseView(stdout);
  let ended: ExportStatus;
  try {
    ended = await untilEnded(id, deployment, view, interval, interrupt.signal);
  } catch (error) {
    const interrupted = interrupt.exitCode();
    if (interrupted === undefined) throw error;
    return interrupted;
  } finally {
    view.closed();
  }
  stdout.write(json ? jsonLine({ event: "status", ...ended }) : statusText(ended));
  if (ended.error === null) return EXIT.success;
  writeError(ended.error, stderr);
  return EXIT.failed;
}

/** Looks this many times in vain before it gives up. */
const PATIENCE = 20;

async function untilEnded(
  id: string,
  deployment: Deployment,
  view: ExportView,
  interval: number,
  signal: AbortSignal,
  clock: Clock = systemClock,
): Promise<ExportStatus> {
  let shown: ExportStatus | undefined;
  let failures = 0;
  for (;;) {
    try {
      const status = await readStatus(id, deployment);
      showChanges(view, shown, status);
      if (status.state !== "RUNNING") return status;
      shown = status;
      failures = 0;
    } catch (error) {
      const passing = error instanceof DeploymentUnavailable || error instanceof DestinationUnavailable;
      failures += 1;
      if (!passing || failures === PATIENCE) throw error;
    }
    await clock.sleep(interval * 1000, signal);
  }
}

function showChanges(view: ExportView, before: ExportStatus | undefined, now: ExportStatus): void {
  for (const file of now.files) {
    const { index, name, status, bytes, totalBytes } = file;
    const last = before?.files[index];
    if (status !== "WAITING" && status !== last?.status) {
      const phase = status === "STOPPED" ? "FAILED" : status;
      const reason = status === "STOPPED" ? "Stopped" : file.error?.name;
      view.changed({ index, name, phase, ...(reason !== undefined && { reason }) });
    }
    if (status === "TRANSFERRING")
      view.progressed({ index, name, bytes, totalBytes: totalBytes ?? undefined });
  }
}
