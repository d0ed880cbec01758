import type { S3Client } from "@aws-sdk/client-s3";
import { systemClock } from "../functions/clock.ts";
import type { ExportSettings, VcenterProfile } from "../functions/config.ts";
import type { FileError } from "../functions/workflow.ts";
import { chooseView } from "../local/display/chooseView.ts";
import { jsonView } from "../local/display/jsonView.ts";
import type { ExportView } from "../local/display/view.ts";
import { listenForInterrupt } from "../local/interrupt.ts";
import type { LocalServicesOptions } from "../local/services.ts";
import type { ConnectionOptions } from "./connectionOptions.ts";
import { adviseOnCertificate, EXIT, writeError } from "./failure.ts";
import { readProfile } from "./profile.ts";
import { openS3 } from "./s3.ts";
import type { StorageOptions } from "./storageOptions.ts";
import type { Streams } from "./streams.ts";

export interface ThisMachine {
  /** The vCenter of the options. */
  profile: VcenterProfile;
  s3: S3Client;
  view: ExportView;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
  services: Omit<LocalServicesOptions, "progress">;
}

export interface Job {
  settings: Partial<ExportSettings>;
  /** What Ctrl-C does, as it tells. */
  stopping: string;
  /** Returns why it failed; null when it did not. */
  work(machine: ThisMachine): Promise<FileError | null>;
}

/**
 * Does what `run` and `sync` do: opens vCenter and S3 by the options, lets the state machines work in this process
 * until they are done or Ctrl-C stops them, and tells an error.
 * @returns the exit code
 * @throws InvalidInput for what is wrong before anything has started
 */
export async function onThisMachine(
  options: ConnectionOptions & StorageOptions & { json?: boolean },
  streams: Streams,
  { settings, stopping, work }: Job,
): Promise<number> {
  const { stdout, stderr, environment } = streams;
  // First, so that nobody is asked for a password in vain.
  const s3 = await openS3(options, environment);
  const profile = await readProfile(options, streams);
  using interrupt = listenForInterrupt(() => {
    stderr.write(`\nStopping: ${stopping}. Ctrl-C again ends at once, and leaves it.\n`);
  });
  const { signal } = interrupt;
  const view = options.json ? jsonView(stdout, systemClock) : chooseView(stdout);
  try {
    const error = await work({
      profile,
      s3,
      view,
      signal,
      services: { profiles: [profile], s3, settings, signal },
    });
    const interrupted = interrupt.exitCode();
    if (interrupted !== undefined) return interrupted;
    if (error === null) return EXIT.success;
    writeError(error, stderr);
    await adviseOnCertificate(error, profile, stderr);
    return EXIT.failed;
  } catch (error) {
    const interrupted = interrupt.exitCode();
    if (interrupted === undefined) throw error;
    return interrupted;
  } finally {
    s3.destroy();
  }
}
