export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** Step Functions' limit for what a state takes or returns, in bytes. */
const MAX_PAYLOAD_BYTES = 262_144;

/**
 * What Step Functions raises for a payload over its limit. As there, no Retry and no Catch sees it: the engine asks
 * the error.
 */
export class DataLimitExceeded extends Error {
  override readonly name = "States.DataLimitExceeded";
  readonly isRetryable = false;
  readonly isCatchable = false;
}

/**
 * The value as it arrives after travelling as JSON.
 * @throws DataLimitExceeded
 */
export function throughJson(value: unknown): Json {
  const json = JSON.stringify(value);
  const bytes = Buffer.byteLength(json, "utf8");
  if (bytes > MAX_PAYLOAD_BYTES) {
    throw new DataLimitExceeded(
      `A state's payload has ${bytes} bytes, and Step Functions allows ${MAX_PAYLOAD_BYTES}`,
    );
  }
  return JSON.parse(json);
}
