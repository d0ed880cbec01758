import { combineCrc32, partCrc32 } from "./crc32.ts";
import type { Digest, Digests } from "./digest.ts";

/** What is known of the bytes received so far: their number, their checksums, and the CRC-32 that S3 compares. */
export class Received {
  size: number;
  crc32: number;
  readonly digest: Digest;

  constructor(digest: Digest, { size, crc32 } = { size: 0, crc32: 0 }) {
    this.digest = digest;
    this.size = size;
    this.crc32 = crc32;
  }

  /** Takes the next bytes of the file, and returns their own CRC-32. */
  add(bytes: Buffer): number {
    const crc = partCrc32(bytes);
    this.digest.update(bytes);
    this.crc32 = combineCrc32(this.crc32, crc, bytes.length);
    this.size += bytes.length;
    return crc;
  }

  values(): Digests {
    return this.digest.values();
  }
}
