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

/**
 * As `socketTimeout` when a client is made, which has passed.
 * @throws TypeError when the SDK sets that otherwise
 */
export function impatient({ config: { requestHandler } }: S3Client, milliseconds: number): void {
  const update: unknown = Reflect.get(requestHandler, "updateHttpClientConfig");
  if (typeof update !== "function") {
    throw new TypeError("the time-outs of the S3 client's connections cannot be changed");
  }
  Reflect.apply(update, requestHandler, ["socketTimeout", milliseconds]);
}
