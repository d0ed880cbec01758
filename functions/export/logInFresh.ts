import { isDeepStrictEqual } from "node:util";
import type { VcenterProfile } from "../config.ts";
import { LoginRefused } from "../errors.ts";
import type { Services } from "../services.ts";
import { logIn } from "../vsphere/client.ts";
import type { VcenterClient } from "../vsphere/model.ts";

/**
 * Logs in to vCenter. A refusal may be of a password that was changed since its profile was cached: the profile is
 * read anew, once, and only one that is another is tried, because accounts lock after a few refusals.
 * @throws what `logIn` throws
 */
export async function logInFresh(profile: VcenterProfile, services: Services): Promise<VcenterClient> {
  const { clock, log, metrics, signal, timeouts } = services;
  const options = {
    clock,
    log,
    metrics,
    answerMilliseconds: timeouts?.vcenterAnswer,
    ...(signal && { signal }),
  };
  try {
    return await logIn(profile, options);
  } catch (error) {
    if (!(error instanceof LoginRefused)) throw error;
    // Whatever is wrong with the second reading, the refusal is what has to be told.
    const fresh = await services.profile(profile.name, { fresh: true }).catch(() => profile);
    if (isDeepStrictEqual(fresh, profile)) throw error;
    return await logIn(fresh, options);
  }
}
