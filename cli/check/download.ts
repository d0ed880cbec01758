import { createHash, type Hash } from "node:crypto";
import { CHECKSUM_ALGORITHMS, type Checksum } from "../../functions/checksum.ts";
import type { Clock } from "../../functions/clock.ts";
import { httpSource } from "../../functions/transfer/source/httpSource.ts";
import type { DownloadTarget } from "../../functions/vsphere/model.ts";

const TAIL_BYTES = 1024;

/** A file that was downloaded to learn about its endpoint, and thrown away. */
export interface Download {
  bytes: number;
  milliseconds: number;
  /** The total that the endpoint announced, if it did. */
  announcedBytes: number | undefined;
  /** True when the request for `bytes=0-` was answered by 206. */
  rangedAtFirst: boolean;
  hasETag: boolean;
  /** Lower-case hexadecimal, by algorithm. */
  digests: Map<string, string>;
  /** The last bytes of the file, at most 1,024. */
  tail: Buffer;
}

/** @throws SourceRefused, TransferInterrupted, CertificateMismatch */
export async function downloadWhole(
  target: DownloadTarget,
  fileName: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<Download> {
  const source = httpSource({ target, fileName });
  const hashes = new Map<string, Hash>(CHECKSUM_ALGORITHMS.map((name) => [name, createHash(name)]));
  const buffer = Buffer.alloc(1024 ** 2);
  let tail: Buffer = Buffer.alloc(0);
  const begin = clock.now();
  try {
    const stream = await source.open({ start: 0 }, signal);
    for (let filled = buffer.length; filled === buffer.length; ) {
      filled = await stream.fill(buffer);
      const chunk = buffer.subarray(0, filled);
      for (const hash of hashes.values()) hash.update(chunk);
      tail = Buffer.concat([tail, chunk.subarray(-TAIL_BYTES)]).subarray(-TAIL_BYTES);
    }
    return {
      bytes: stream.offset,
      milliseconds: Math.max(1, clock.now() - begin),
      announcedBytes: stream.total,
      rangedAtFirst: stream.ranged,
      hasETag: stream.etag !== undefined,
      digests: new Map([...hashes].map(([name, hash]) => [name, hash.digest("hex")])),
      tail,
    };
  } finally {
    await source.close();
  }
}

/**
 * Whether the endpoint answers a request for the file's last bytes with exactly these.
 * @throws SourceRefused, TransferInterrupted, CertificateMismatch
 */
export async function honoursRange(
  target: DownloadTarget,
  fileName: string,
  download: Download,
  signal: AbortSignal,
): Promise<"yes" | "ignored" | "wrong bytes"> {
  const source = httpSource({ target, fileName });
  try {
    const stream = await source.open({ start: download.bytes - download.tail.length }, signal);
    if (!stream.ranged) return "ignored";
    const received = Buffer.alloc(TAIL_BYTES);
    const filled = await stream.fill(received);
    return received.subarray(0, filled).equals(download.tail) ? "yes" : "wrong bytes";
  } finally {
    await source.close();
  }
}

/** Whether a checksum is that of the download; undefined for an algorithm that is not known here. */
export function agrees(checksum: Checksum, download: Download): boolean | undefined {
  const digest = download.digests.get(checksum.algorithm);
  return digest === undefined ? undefined : digest === checksum.value;
}
