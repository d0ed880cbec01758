import type { S3Client } from "@aws-sdk/client-s3";
import type { Clock } from "./clock.ts";
import type { ExportSettings, VcenterProfile } from "./config.ts";
import type { Logger } from "./log.ts";
import type { Metrics } from "./metrics.ts";

export interface FileProgress {
  /** Index of the file within the execution. */
  index: number;
  name: string;
  bytes: number;
  /** Bytes in all; undefined while it is unknown. */
  totalBytes: number | undefined;
}

/** How long servers may be silent, in milliseconds; absent: as long as each module says. */
export interface Timeouts {
  /** From a request to vCenter to the last byte of its answer. */
  vcenterAnswer?: number;
  /** Before an endpoint's answer, and within its body. */
  endpointSilence?: number;
}

/** Everything that handlers work with but do not make themselves: from the environment in Lambda, wired by hand on one machine. */
export interface Services {
  /**
   * @param options.fresh read it anew where it is kept, rather than from a cache
   * @throws ProfileNotFound, ProfileUnavailable, InvalidInput
   */
  profile(name: string, options?: { fresh?: boolean }): Promise<VcenterProfile>;
  s3: S3Client;
  settings: ExportSettings;
  clock: Clock;
  log: Logger;
  /** Absent: nobody counts. */
  metrics?: Metrics;
  /** Milliseconds that this invocation may still use; Infinity where there is no limit. */
  remainingMilliseconds(): number;
  timeouts?: Timeouts;
  /** Aborted when the user stops the export: whatever runs ends with `Stopped`, having cleaned up. */
  signal?: AbortSignal;
  progress?(progress: FileProgress): void;
}
