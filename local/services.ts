import type { S3Client } from "@aws-sdk/client-s3";
import { type Clock, systemClock } from "../functions/clock.ts";
import type { ExportSettings, VcenterProfile } from "../functions/config.ts";
import { ProfileNotFound } from "../functions/errors.ts";
import { type Logger, silentLogger } from "../functions/log.ts";
import type { FileProgress, Services } from "../functions/services.ts";

export interface LocalServicesOptions {
  /** The vCenters that an input may name. */
  profiles: VcenterProfile[];
  s3: S3Client;
  settings?: Partial<ExportSettings>;
  clock?: Clock;
  log?: Logger;
  signal?: AbortSignal;
  progress?(progress: FileProgress): void;
}

/** A day: on-demand items of a subscribed library are fetched from their publisher first. */
const PREPARE_TIMEOUT_SECONDS = 24 * 60 * 60;

/** The functions' collaborators on one machine, where no invocation is short of time. */
export function localServices(options: LocalServicesOptions): Services {
  const { profiles, s3, settings, clock = systemClock, log = silentLogger, signal, progress } = options;
  return {
    async profile(name) {
      const profile = profiles.find((candidate) => candidate.name === name);
      if (profile !== undefined) return profile;
      const known = profiles.map((candidate) => `"${candidate.name}"`).join(", ") || "none";
      throw new ProfileNotFound(`No vCenter profile is named "${name}". Configured: ${known}`);
    },
    s3,
    settings: {
      defaultPrefix: "",
      allowedBuckets: [],
      tags: {},
      prepareTimeoutSeconds: PREPARE_TIMEOUT_SECONDS,
      ...settings,
    },
    clock,
    log,
    remainingMilliseconds: () => Number.POSITIVE_INFINITY,
    ...(signal && { signal }),
    ...(progress && { progress }),
  };
}
