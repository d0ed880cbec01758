import type { S3Client } from "@aws-sdk/client-s3";
import type { Checksum, RecordedChecksum } from "../checksum.ts";
import type { Clock } from "../clock.ts";
import type { Source } from "./source/source.ts";

/** Everything needed to move one file, whoever asks for it. */
export interface TransferRequest {
  fileName: string;
  source: Source;
  destination: Destination;
  /** Known before the download; decides what is computed, and is compared in the end. */
  itemChecksum: Checksum | null;
  requireChecksum: boolean;
  /**
   * Bytes, as vCenter lists the file. The part size follows from it when the source does not tell the size, and it is
   * compared with what was received when nothing else can be.
   */
  sizeHint?: number;
  /** From an invocation that ran out of time; null at the start. */
  cursor: unknown;
  /** Tells what the far side knows once the last byte has arrived; throws when the download session is lost. */
  verdict(): Promise<DownloadVerdict>;
  hooks: TransferHooks;
  s3: S3Client;
  clock: Clock;
  /** Bytes; absent: chosen by the file's size. */
  partSizeBytes?: number;
  /** Ranges received at the same time, 1 to 16. @default 1 */
  readers?: number;
  /** Bytes that part buffers may take; absent: half of what the process may use. */
  memoryBytes?: number;
  /** Milliseconds that may still be used. */
  remainingMilliseconds(): number;
  signal: AbortSignal;
}

export interface Destination {
  bucket: string;
  key: string;
  /** Where bytes wait that cannot be published directly, because their checksum is not known up front. */
  staging: { bucket: string; key: string };
  /** ETag of the object that may be replaced; null: there must be none; `*`: whatever is there. */
  replacesETag: string | null;
  /** Identifies this very transfer, so that a publication whose answer was lost can be recognised. */
  exportId: string;
  /** User metadata besides the checksum and `export-id`. */
  metadata: Record<string, string>;
  storageClass?: string;
  kmsKeyId?: string;
  tags: Record<string, string>;
  expectedBucketOwner?: string;
}

/** What the far side says about the bytes that it has sent. */
export interface DownloadVerdict {
  checksum?: Checksum;
  /** Bytes. */
  size?: number;
}

/** An open multipart upload: what a clean-up needs to remove it. */
export interface OpenUpload {
  bucket: string;
  key: string;
  uploadId: string;
}

export interface TransferHooks {
  /** Called before an upload is opened, a copy is begun, and an object is published; throws to end the transfer. */
  beforeStep?(): Promise<void>;
  /** Called before the first byte is sent, with each upload that has to be removed if all else fails. */
  uploadOpened(upload: OpenUpload): Promise<void>;
  /** Bytes received so far, and bytes in all when known. Called often: it must be cheap. */
  progress(bytes: number, totalBytes: number | undefined): void;
}

export type TransferOutcome =
  | { done: false; cursor: unknown }
  | {
      done: true;
      bucket: string;
      key: string;
      versionId: string | null;
      size: number;
      checksum: RecordedChecksum;
      itemChecksumDiffers: boolean;
      /** The file's bytes over the time since its transfer began. */
      bytesPerSecond: number;
    };
