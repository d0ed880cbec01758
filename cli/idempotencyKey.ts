import { idempotencyKeySchema } from "../functions/api/schemas.ts";
import { InvalidInput } from "../functions/errors.ts";

/** @throws InvalidInput */
export function checkIdempotencyKey(key: string | undefined): string | undefined {
  if (key === undefined || idempotencyKeySchema.safeParse(key).success) return key;
  throw new InvalidInput("--idempotency-key must be 1 to 255 visible ASCII characters, without blanks.");
}
