import type { S3Client } from "@aws-sdk/client-s3";

/**
 * Leaves the SDK's retries as they are, all but the time between them.
 * @throws TypeError when the SDK keeps that elsewhere
 */
export async function withoutPauses({ config }: S3Client): Promise<void> {
  const strategy = await config.retryStrategy();
  const backoff: unknown = Reflect.get(strategy, "retryBackoffStrategy");
  if (typeof backoff !== "object" || backoff === null || !("computeNextBackoffDelay" in backoff)) {
    throw new TypeError("the S3 client's retry strategy has no backoff that can be replaced");
  }
  Object.assign(backoff, { computeNextBackoffDelay: () => 0 });
}
