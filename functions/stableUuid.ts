import { createHash } from "node:crypto";

/** A UUID that is the same for the same names, and another for any others. */
export function stableUuid(...names: string[]): string {
  const hash = createHash("sha256").update(JSON.stringify(names)).digest();
  // RFC 9562, version 8: the bits are ours, but for version and variant.
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x80;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  return hash.toString("hex", 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
