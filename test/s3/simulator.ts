import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { S3Client } from "@aws-sdk/client-s3";
import { onTestFinished } from "vitest";
import { type S3Options, type S3Simulator, startS3 } from "../../simulators/s3/index.ts";
import { clientOf } from "./client.ts";

export interface OpenSimulator {
  simulator: S3Simulator;
  client: S3Client;
  directory: string;
}

/** A simulator with the bucket `bucket` in a folder of its own; both are gone when the test is. */
export async function openSimulator(special: Partial<S3Options> = {}): Promise<OpenSimulator> {
  const directory = special.directory ?? (await mkdtemp(join(tmpdir(), "s3-")));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const simulator = await startS3({ directory, buckets: ["bucket"], ...special });
  const client = clientOf(simulator);
  // Hooks run last first: nothing is removed under a simulator that still runs.
  onTestFinished(async () => {
    client.destroy();
    await simulator.close();
  });
  return { simulator, client, directory };
}
