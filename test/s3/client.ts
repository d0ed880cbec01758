import { S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";
import type { S3Simulator } from "../../simulators/s3/index.ts";

/** The AWS SDK's client for a simulator. It asks once: a test wants to see every answer. */
export function clientOf(simulator: S3Simulator, config: S3ClientConfig = {}): S3Client {
  const { url, region, credentials } = simulator;
  return new S3Client({
    endpoint: url,
    region,
    credentials,
    forcePathStyle: true,
    maxAttempts: 1,
    ...config,
  });
}
