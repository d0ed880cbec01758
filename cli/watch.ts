import { type Clock, systemClock } from "../functions/clock.ts";
import { DeploymentUnavailable, DestinationUnavailable } from "../functions/errors.ts";
import { jsonLine } from "../local/display/text.ts";
import { listenForInterrupt } from "../local/interrupt.ts";
import { openDeployment } from "./deployment.ts";
import type { DeploymentOptions } from "./deploymentOptions.ts";
import { EXIT, writeError } from "./failure.ts";
import type { Streams } from "./streams.ts";
import { findSubject, type Standing, type Subject, type Watch } from "./subject.ts";

export interface WatchOptions extends DeploymentOptions {
  /** Seconds. */
  interval: number;
  json?: boolean;
}

/** Shows an export or a sync until it has ended. Ctrl-C ends the watching alone. Returns the exit code. */
export async function watch(id: string, options: WatchOptions, streams: Streams): Promise<number> {
  using deployment = await openDeployment(options, streams.environment);
  return watchSubject(await findSubject(id, deployment), options, streams);
}

export async function watchSubject(
  subject: Subject,
  { interval, json = false }: Pick<WatchOptions, "interval" | "json">,
  { stdout, stderr }: Streams,
): Promise<number> {
  const { id, word } = subject;
  using interrupt = listenForInterrupt(() => {
    stderr.write(`\nThe ${word} goes on. To look again: watch ${id}; to stop it: stop ${id}\n`);
  });
  const watching = subject.watch(stdout, json);
  let ended: Standing;
  try {
    ended = await untilEnded(watching, interval, interrupt.signal);
  } catch (error) {
    const interrupted = interrupt.exitCode();
    if (interrupted === undefined) throw error;
    return interrupted;
  } finally {
    watching.closed();
  }
  const { status } = ended;
  stdout.write(json ? jsonLine({ event: "status", ...status }) : ended.text(stdout));
  if (status.error === null) return EXIT.success;
  writeError(status.error, stderr);
  return EXIT.failed;
}

/** Looks this many times in vain before it gives up. */
const PATIENCE = 20;

async function untilEnded(
  watching: Watch,
  interval: number,
  signal: AbortSignal,
  clock: Clock = systemClock,
): Promise<Standing> {
  let failures = 0;
  for (;;) {
    try {
      const standing = await watching.next();
      if (standing.status.state !== "RUNNING") return standing;
      failures = 0;
    } catch (error) {
      const passing = error instanceof DeploymentUnavailable || error instanceof DestinationUnavailable;
      failures += 1;
      if (!passing || failures === PATIENCE) throw error;
    }
    await clock.sleep(interval * 1000, signal);
  }
}
