import type { Clock } from "../clock.ts";
import { VcenterUnavailable } from "../errors.ts";
import type { Logger } from "../log.ts";
import type { Metrics } from "../metrics.ts";
import { ConnectionFailure, type Http, type HttpAnswer, type HttpRequest } from "./http.ts";

/**
 * When a request may be sent again. `always`: it has the same effect however often it is sent.
 * `unless-handled`: only when vCenter certainly has not acted on it: no connection came about, or it answered
 * 429 or 503. A gateway's 502 or 504 and a broken connection leave that open.
 */
export type Repeatable = "always" | "unless-handled";

export interface RetryOptions {
  clock: Clock;
  log: Logger;
  metrics?: Metrics | undefined;
  /** Between 0 and 1, for the jitter. */
  random: () => number;
  signal?: AbortSignal;
  /** What was sent is waited for, also after a stop: its answer may be of something that has to be ended. */
  awaitsAnswer?: boolean;
}

const ATTEMPTS = 5;
const FIRST_BACKOFF_MILLISECONDS = 500;
const LONGEST_BACKOFF_MILLISECONDS = 10_000;
const LONGEST_RETRY_AFTER_MILLISECONDS = 30_000;

/**
 * Sends a request, up to five times where that is safe, with exponential backoff and full jitter between the
 * attempts, or for as long as `Retry-After` asks, up to 30 s.
 *
 * @param what names the request in messages
 * @returns the last answer, whatever its status
 * @throws VcenterUnavailable when there is no answer
 */
export async function sendWithRetries(
  http: Http,
  request: HttpRequest,
  what: string,
  repeatable: Repeatable,
  options: RetryOptions,
): Promise<HttpAnswer> {
  const requestSignal = options.awaitsAnswer ? undefined : options.signal;
  for (let attempt = 1; ; attempt += 1) {
    options.signal?.throwIfAborted();
    const outcome = await http.send(request, requestSignal).catch(asConnectionFailure);
    const failed = outcome instanceof ConnectionFailure;
    if (attempt < ATTEMPTS && mayRepeat(outcome, repeatable)) {
      const milliseconds = pause(attempt, outcome, options);
      options.log.warn("vCenter is asked again", {
        request: what,
        attempt,
        reason: failed ? outcome.message : `HTTP ${outcome.status}`,
        milliseconds,
      });
      options.metrics?.add("RequestsRepeated", 1);
      await options.clock.sleep(milliseconds, options.signal);
      continue;
    }
    if (failed) throw new VcenterUnavailable(`${what}: ${outcome.message}`, {}, { cause: outcome });
    return outcome;
  }
}

function asConnectionFailure(error: unknown): ConnectionFailure {
  if (error instanceof ConnectionFailure) return error;
  throw error;
}

function mayRepeat(outcome: HttpAnswer | ConnectionFailure, repeatable: Repeatable): boolean {
  if (outcome instanceof ConnectionFailure) return outcome.neverSent || repeatable === "always";
  const { status } = outcome;
  return status === 429 || status === 503 || (repeatable === "always" && (status === 502 || status === 504));
}

/** Full jitter: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ */
function pause(attempt: number, outcome: HttpAnswer | ConnectionFailure, options: RetryOptions): number {
  const ceiling = Math.min(LONGEST_BACKOFF_MILLISECONDS, FIRST_BACKOFF_MILLISECONDS * 2 ** (attempt - 1));
  const backoff = Math.round(options.random() * ceiling);
  const asked = outcome instanceof ConnectionFailure ? 0 : retryAfter(outcome, options.clock);
  return Math.max(backoff, Math.min(asked, LONGEST_RETRY_AFTER_MILLISECONDS));
}

/** `Retry-After` in milliseconds, whether it gives seconds or a date (RFC 9110, 10.2.3); 0 without one. */
function retryAfter(answer: HttpAnswer, clock: Clock): number {
  const value = answer.headers["retry-after"];
  if (typeof value !== "string") return 0;
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? 0 : Math.max(0, date - clock.now());
}
