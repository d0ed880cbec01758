import { type Checksum, isComputable, type RecordedChecksum } from "../checksum.ts";
import { ChecksumMismatch, ChecksumRequired, SizeMismatch } from "../errors.ts";
import type { Digests } from "./digest.ts";
import type { DownloadVerdict } from "./request.ts";

export interface Evidence {
  fileName: string;
  /** Bytes received. */
  size: number;
  /** Computed from the bytes received, lower-case hexadecimal by algorithm. */
  digests: Digests;
  /** Known before the download. */
  itemChecksum: Checksum | null;
  /** Known after it. */
  verdict: DownloadVerdict;
  requireChecksum: boolean;
  /** Bytes, as vCenter lists the file before the download; 0 or absent where it does not say. */
  sizeHint?: number;
}

export interface Verification {
  /** What to record with the object. */
  checksum: RecordedChecksum;
  itemChecksumDiffers: boolean;
}

/**
 * Decides whether the bytes received are the file. The download session's checksum decides; the item's is compared
 * as well. A disk may be re-encoded on its way, so for a disk whose session checksum agrees, an item checksum that
 * differs is only noted. Without any checksum the size decides: the session's, or else the listed one. What the
 * endpoint itself says of its bytes proves nothing: a proxy's page has a length as well.
 *
 * @returns undefined when vCenter named an algorithm that was not computed
 * @throws SizeMismatch, ChecksumMismatch, ChecksumRequired
 */
export function verify(evidence: Evidence): Verification | undefined {
  const { fileName, size, digests, verdict } = evidence;
  if (verdict.size !== undefined && verdict.size !== size) {
    throw new SizeMismatch(
      `"${fileName}": ${size} bytes were received; vCenter says that it sent ${verdict.size}`,
    );
  }
  const session = usable(verdict.checksum);
  const item = usable(evidence.itemChecksum);
  if ([session, item].some((checksum) => checksum && !digests.has(checksum.algorithm))) {
    return undefined;
  }
  if (session) {
    if (!agrees(session, digests))
      throw mismatch(fileName, session, digests, "calculated of the bytes it sent");
    const itemChecksumDiffers = item !== undefined && !agrees(item, digests);
    if (itemChecksumDiffers && !isDisk(fileName))
      throw mismatch(fileName, item, digests, "has for the item's file");
    return { checksum: { ...session, source: "session" }, itemChecksumDiffers };
  }
  if (item) {
    if (!agrees(item, digests)) throw mismatch(fileName, item, digests, "has for the item's file");
    return { checksum: { ...item, source: "item" }, itemChecksumDiffers: false };
  }
  if (evidence.requireChecksum) {
    const given = verdict.checksum ?? evidence.itemChecksum;
    const why = given ? `vCenter's is ${given.algorithm}, which cannot be computed` : "vCenter gave none";
    throw new ChecksumRequired(`"${fileName}": a checksum is required, but ${why}`);
  }
  if (verdict.size === undefined) requireListedSize(evidence);
  const value = digests.get("SHA256");
  if (value === undefined) return undefined;
  return { checksum: { algorithm: "SHA256", value, source: "computed" }, itemChecksumDiffers: false };
}

function requireListedSize({ fileName, size, sizeHint = 0 }: Evidence): void {
  if (size === sizeHint) return;
  throw new SizeMismatch(
    `"${fileName}": ${size} bytes were received, and vCenter tells neither their checksum nor how many it sent; ` +
      `it lists the file with ${sizeHint} bytes`,
  );
}

function usable(checksum: Checksum | null | undefined): Checksum | undefined {
  if (!checksum || !isComputable(checksum.algorithm)) return undefined;
  return { algorithm: checksum.algorithm, value: checksum.value.toLowerCase() };
}

function agrees(checksum: Checksum, digests: Digests): boolean {
  return digests.get(checksum.algorithm) === checksum.value;
}

/** Formats that vCenter may write anew when it serves them. */
function isDisk(fileName: string): boolean {
  return /\.(vmdk|vhd|vhdx)$/i.test(fileName);
}

function mismatch(fileName: string, expected: Checksum, digests: Digests, origin: string): ChecksumMismatch {
  const received = digests.get(expected.algorithm);
  return new ChecksumMismatch(
    `"${fileName}": the ${expected.algorithm} of the bytes received is ${received}; the one that vCenter ${origin} is ${expected.value}`,
  );
}
