import { setTimeout as delay } from "node:timers/promises";
import type { Exchange } from "./exchange.ts";
import type { Fault } from "./fault.ts";
import { errorOfStatus, type VapiError } from "./vapiError.ts";

/**
 * Does what a fault asks for in place of an answer, and tells whether it did. What spoils a good answer, or cuts
 * bytes on their way, is left to those who write them.
 */
export async function meetFault(
  exchange: Exchange,
  fault: Fault,
  writeError: (error: VapiError, errorType: string | null) => { contentType: string; body: string },
): Promise<boolean> {
  if (fault.delayMilliseconds) await delay(fault.delayMilliseconds);
  const midway = fault.afterBytes !== undefined;
  if (!midway) await fault.meanwhile?.();
  if (fault.hang && !midway) return true;
  if (fault.reset && !midway) {
    exchange.reset();
    return true;
  }
  if (fault.location !== undefined) {
    exchange.answer(fault.status ?? 302, "text/plain", "", { location: fault.location });
    return true;
  }
  if (fault.body !== undefined) {
    exchange.answer(fault.status ?? 200, fault.contentType ?? "application/json", fault.body, fault.headers);
    return true;
  }
  if (fault.status === undefined) return false;
  const error = errorOfStatus(fault.status);
  const errorType = fault.errorType === undefined ? error.errorType : fault.errorType;
  const { contentType, body } = writeError(error, errorType);
  exchange.answer(fault.status, contentType, body, fault.headers);
  return true;
}
