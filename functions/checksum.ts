/** The algorithms that vCenter can report and that this project can compute. */
export const CHECKSUM_ALGORITHMS = ["SHA1", "MD5", "SHA256", "SHA512"] as const;

export type ChecksumAlgorithm = (typeof CHECKSUM_ALGORITHMS)[number];

/**
 * A file's checksum. `value` is lower-case hexadecimal. `algorithm` is a plain string because vCenter may
 * report members that were added after this was written: such a checksum is kept, but cannot be verified.
 */
export interface Checksum {
  algorithm: string;
  value: string;
}

/** Where the recorded checksum comes from: see the table in docs/decisions.md. */
export type ChecksumSource = "session" | "item" | "computed";

export interface RecordedChecksum extends Checksum {
  source: ChecksumSource;
}

export function isComputable(algorithm: string): algorithm is ChecksumAlgorithm {
  return (CHECKSUM_ALGORITHMS as readonly string[]).includes(algorithm);
}
