import type { Codec } from "./dialect.ts";
import { Malformed } from "./fields.ts";

/** JSON as vCenter speaks it. */
export const jsonCodec: Codec = {
  mediaType: "application/json",
  write: (_operation, body) => JSON.stringify(body),
  read: (_operation, text) => parseJson(text),
  readError: parseJson,
};

/**
 * Parses JSON. An integer that a double cannot hold exactly becomes the text it was, so that a field which is
 * read as a `long` is refused by its name, and one that nobody reads does no harm.
 *
 * @throws Malformed
 */
export function parseJson(text: string): unknown {
  if (text.trim() === "") return undefined;
  try {
    return JSON.parse(text, exact);
  } catch {
    // Without the cause, which quotes the text: a session's token, or a download URI.
    throw new Malformed("it is not valid JSON");
  }
}

/** `context.source` is ECMAScript 2026 (in V8 since 11.4), which TypeScript's declarations do not have yet. */
function exact(_name: string, value: unknown, context?: { source?: string }): unknown {
  const inexact = typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value);
  const infinite = typeof value === "number" && !Number.isFinite(value);
  return (inexact || infinite) && context?.source !== undefined ? context.source : value;
}
