import type { Services } from "../services.ts";
import { publishedBefore } from "../transfer/finalKey.ts";
import type { Published } from "../transfer/passage.ts";
import type { FileState, TransferState } from "../workflow.ts";
import { destinationOf } from "./fileObject.ts";

type Place = Pick<FileState, "item" | "file">;

/** @param bytesPerSecond null where nobody knows how long it took */
export function exported(
  { item, file }: Place,
  { versionId, size, checksum, itemChecksumDiffers }: Published,
  bytesPerSecond: number | null,
): TransferState {
  return {
    done: true,
    cursor: null,
    result: {
      index: file.index,
      name: file.name,
      status: "EXPORTED",
      bucket: item.bucket,
      key: file.key,
      versionId,
      size,
      checksum,
      ...(itemChecksumDiffers && { itemChecksumDiffers }),
      bytesPerSecond,
      error: null,
    },
  };
}

/**
 * The result of a file that this execution has published without anybody having been able to say so. Undefined where
 * it has not, or S3 does not tell.
 */
export async function exportedBefore(
  { item, file }: Place,
  { s3, settings, signal = new AbortController().signal }: Services,
): Promise<TransferState | undefined> {
  const destination = destinationOf(item, file, settings);
  const published = await publishedBefore({ destination, s3, signal, itemChecksum: file.checksum });
  return published && exported({ item, file }, published, null);
}
