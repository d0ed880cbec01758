import type { Clock } from "../clock.ts";
import {
  CertificateMismatch,
  DownloadSessionLost,
  LoginRefused,
  NotAllowedInCurrentState,
  NotFound,
  PermissionDenied,
} from "../errors.ts";
import type { Logger } from "../log.ts";
import type { Metrics } from "../metrics.ts";
import type { VcenterClient } from "./model.ts";

/** A download session that is being kept alive. */
export interface Lease {
  /** Aborted with the reason when the session is lost: whatever is read from it then is worth nothing. */
  readonly signal: AbortSignal;
  /** Stops the keep-alive. Never rejects, and may be called any number of times. */
  release(): Promise<void>;
}

export interface LeaseOptions {
  clock: Clock;
  log: Logger;
  metrics?: Metrics | undefined;
  /** Percentage of the file that has been received, 0 to 100; undefined while it is unknown. */
  percent(): number | undefined;
  signal?: AbortSignal;
}

type LeaseClient = Pick<VcenterClient, "getDownloadSession" | "keepDownloadSessionAlive">;

/**
 * Keeps a download session alive with the true percentage, every 60 s, or every third of the lease that its
 * expiration time shows if that is sooner. The bytes that flow may not count as activity, and those of an expired
 * session can end as if the file did (https://github.com/vmware/govmomi/issues/3356).
 *
 * The signal is aborted with DownloadSessionLost when the session is gone, is not ACTIVE any more, or could not be
 * reached for a whole lease; with LoginRefused, PermissionDenied or CertificateMismatch when vCenter cannot be
 * spoken to any more; and with the reason of `options.signal` when that is aborted.
 */
export function holdLease(client: LeaseClient, downloadSessionId: string, options: LeaseOptions): Lease {
  const lost = new AbortController();
  const released = new AbortController();
  const stops = [released.signal, options.signal].filter((signal) => signal !== undefined);
  const stop = AbortSignal.any(stops);

  const held = hold(client, downloadSessionId, options, stop).catch((error: unknown) => {
    if (released.signal.aborted) return;
    if (error instanceof DownloadSessionLost) {
      options.log.warn("The download session is lost", { downloadSessionId, reason: error.message });
    }
    lost.abort(error);
  });
  return {
    signal: lost.signal,
    async release() {
      released.abort();
      await held;
    },
  };
}

/** Ends only by an error: what has become of the session, or the reason to stop. */
async function hold(
  client: LeaseClient,
  downloadSessionId: string,
  { clock, log, metrics, percent }: LeaseOptions,
  stop: AbortSignal,
): Promise<never> {
  let lease = DEFAULT_LEASE_MILLISECONDS;
  let end = clock.now() + lease;
  let reported: number | undefined;
  for (;;) {
    try {
      const session = await untilAborted(() => client.getDownloadSession(downloadSessionId), stop);
      requireActive(session, downloadSessionId);
      reported = session.clientProgress;
      lease = leaseOf(session.expirationTime, clock.now());
      end = clock.now() + lease;
    } catch (error) {
      onTrouble(error);
    }
    await clock.sleep(intervalOf(lease), stop, { ref: false });
    try {
      const progress = progressAfter(reported, percent());
      await untilAborted(() => client.keepDownloadSessionAlive(downloadSessionId, progress), stop);
      metrics?.add("KeepAlives", 1);
    } catch (error) {
      onTrouble(error);
    }
  }

  function onTrouble(error: unknown): void {
    stop.throwIfAborted();
    throwIfFinal(error, downloadSessionId);
    if (clock.now() >= end) throw unreachable(downloadSessionId, lease, error);
    log.warn("The download session could not be kept alive, which is tried again", {
      downloadSessionId,
      reason: String(error),
    });
  }
}

/** @throws DownloadSessionLost unless the session is ACTIVE */
export function requireActive(
  session: { state: string; errorMessage?: { defaultMessage: string } },
  downloadSessionId: string,
): void {
  if (session.state === "ACTIVE") return;
  const words = session.errorMessage ? `: ${session.errorMessage.defaultMessage}` : "";
  throw new DownloadSessionLost(`Download session ${downloadSessionId} is ${session.state}${words}`);
}

/**
 * "Guaranteed not to expire before" its expiration time, by vCenter's clock. One that has passed already, just after
 * the session was renewed, only shows that the two clocks differ: the default stands in for it.
 */
function leaseOf(expires: Date | undefined, now: number): number {
  const milliseconds = expires === undefined ? 0 : expires.getTime() - now;
  return milliseconds > 0 ? milliseconds : DEFAULT_LEASE_MILLISECONDS;
}

/** "By default, the idle timeout is five minutes" (keep alive in the vSphere Automation API reference). */
const DEFAULT_LEASE_MILLISECONDS = 300_000;
const LONGEST_INTERVAL_MILLISECONDS = 60_000;
const SHORTEST_INTERVAL_MILLISECONDS = 250;

function intervalOf(leaseMilliseconds: number): number {
  const third = Math.floor(leaseMilliseconds / 3);
  return Math.max(SHORTEST_INTERVAL_MILLISECONDS, Math.min(LONGEST_INTERVAL_MILLISECONDS, third));
}

/**
 * "If specified, the new progress should be greater than the current progress" (keep alive in the vSphere Automation
 * API reference): one that is not is left out. It is a whole number, and 100 is only for a file that has arrived.
 */
function progressAfter(reported: number | undefined, percent: number | undefined): number | undefined {
  if (percent === undefined || Number.isNaN(percent)) return undefined;
  const progress = Math.floor(Math.min(100, Math.max(0, percent)));
  return progress > (reported ?? -1) ? progress : undefined;
}

/** @throws what no later attempt can mend */
export function throwIfFinal(error: unknown, downloadSessionId: string): void {
  if (error instanceof NotFound || error instanceof NotAllowedInCurrentState) {
    throw new DownloadSessionLost(
      `Download session ${downloadSessionId} ended before its file was verified: ${error.message}`,
      { cause: error },
    );
  }
  const final = [DownloadSessionLost, LoginRefused, PermissionDenied, CertificateMismatch];
  if (final.some((kind) => error instanceof kind)) throw error;
}

function unreachable(downloadSessionId: string, lease: number, cause: unknown): DownloadSessionLost {
  return new DownloadSessionLost(
    `Download session ${downloadSessionId} could not be kept alive for ${Math.round(lease / 1000)} s, which is its ` +
      `whole lease: ${String(cause)}`,
    { cause },
  );
}

/** A call in flight is left alone; whatever comes of it later is nobody's concern. */
async function untilAborted<T>(call: () => Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([call(), promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
