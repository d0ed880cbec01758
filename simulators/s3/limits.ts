/** S3's limits, in bytes where nothing else is said. Source: "Amazon S3 multipart upload limits", user guide. */
export interface Limits {
  /** Of every part but the last. */
  minPartBytes: number;
  maxPartBytes: number;
  /** Largest part number. */
  maxParts: number;
  /** Of PutObject. */
  maxPutBytes: number;
  /** Source of CopyObject, and range of UploadPartCopy. */
  maxCopyBytes: number;
  /** 50 TB since December 2025. */
  maxObjectBytes: number;
}

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

export const AWS_LIMITS: Limits = {
  minPartBytes: 5 * MIB,
  maxPartBytes: 5 * GIB,
  maxParts: 10_000,
  maxPutBytes: 5 * GIB,
  maxCopyBytes: 5 * GIB,
  maxObjectBytes: 50 * 1024 * GIB,
};
