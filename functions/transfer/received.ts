import type { ChecksumAlgorithm } from "../checksum.ts";
import { combineCrc32, partCrc32 } from "./crc32.ts";
import { createDigest, type Digest, type Digests } from "./digest.ts";

/** What is known of the bytes received so far: their number, their checksums, and the CRC-32 that S3 compares. */
export class Received {
  size = 0;
  crc32 = 0;
  readonly #digest: Digest;

  constructor(algorithms: readonly ChecksumAlgorithm[]) {
    this.#digest = createDigest(algorithms);
  }

  /** Takes the next bytes of the file, and returns their own CRC-32. */
  add(bytes: Buffer): number {
    const crc = partCrc32(bytes);
    this.#digest.update(bytes);
    this.crc32 = combineCrc32(this.crc32, crc, bytes.length);
    this.size += bytes.length;
    return crc;
  }

  finish(): Digests {
    return this.#digest.finish();
  }
}
