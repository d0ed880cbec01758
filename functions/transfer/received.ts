import { combineCrc32 } from "./crc32.ts";
import type { Digest } from "./digest.ts";

/** What is known of the bytes received so far: their number, their checksums, and the CRC-32 that S3 compares. */
export class Received {
  size: number;
  /** Of the bytes whose `add` has returned. */
  crc32: number;
  readonly digest: Digest;

  constructor(digest: Digest, { size, crc32 } = { size: 0, crc32: 0 }) {
    this.digest = digest;
    this.size = size;
    this.crc32 = crc32;
  }

  /** Takes the next bytes of the file, which stay as they are until it returns; returns their own CRC-32. */
  async add(bytes: Buffer): Promise<number> {
    this.size += bytes.length;
    const crc = await this.digest.update(bytes);
    this.crc32 = combineCrc32(this.crc32, crc, bytes.length);
    return crc;
  }
}
