import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";

/**
 * A UUID that is the same wherever the same is named, so that a simulator that is started again is the vCenter that
 * an earlier export came from.
 */
export function stableId(...names: string[]): string {
  const hash = createHash("sha256").update(JSON.stringify(names)).digest();
  // RFC 9562, version 8: the bits are ours, but for version and variant.
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x80;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  return hash.toString("hex", 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/**
 * A version that grows when a file is written, or when a folder gains or loses a file: its time of modification.
 * @throws the file system's error
 */
export async function versionOnDisk(path: string): Promise<number> {
  return Math.floor((await stat(path)).mtimeMs);
}
