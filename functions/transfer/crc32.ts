import { crc32 } from "node:zlib";

/**
 * CRC-32 (the one of zlib and of S3's `x-amz-checksum-crc32`) of parts and of the whole object. Each byte is
 * read once: the CRC of the whole follows from those of the parts.
 */
export function partCrc32(bytes: Uint8Array): number {
  return crc32(bytes);
}

/** The CRC-32 of A followed by B, from both CRCs and the length of B in bytes (any length up to 2^53). */
export function combineCrc32(crcA: number, crcB: number, lengthB: number): number {
  return (multiply(crcA, shiftBy(lengthB)) ^ crcB) >>> 0;
}

/** As S3 sends and expects it: base64 of the four bytes in network order. */
export function crc32ToBase64(crc: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc >>> 0);
  return bytes.toString("base64");
}

/** The polynomial of CRC-32, its bits reflected: the highest bit stands for x^0. */
const POLYNOMIAL = 0xedb88320;
const ONE = 0x80000000;

/** Product of two polynomials modulo the CRC polynomial. */
function multiply(a: number, b: number): number {
  let product = 0;
  let factor = b;
  for (let bit = ONE; bit !== 0; bit >>>= 1) {
    if (a & bit) product ^= factor;
    factor = factor & 1 ? (factor >>> 1) ^ POLYNOMIAL : factor >>> 1;
  }
  return product >>> 0;
}

/** x^(8 * bytes) modulo the CRC polynomial: what appending that many bytes does to a CRC. */
function shiftBy(bytes: number): number {
  let power = 0x00800000; // x^8
  let result = ONE;
  for (let rest = bytes; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = multiply(result, power);
    power = multiply(power, power);
  }
  return result;
}
