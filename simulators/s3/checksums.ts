import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import {
  createCRC32,
  createCRC64,
  createXXHash3,
  createXXHash64,
  createXXHash128,
  type IHasher,
} from "hash-wasm";
import { S3Error } from "./errors.ts";

/** The algorithms of `x-amz-checksum-algorithm`, each with the header and the XML element of its value. */
export const ALGORITHMS = {
  CRC32: { header: "x-amz-checksum-crc32", element: "ChecksumCRC32", bytes: 4 },
  CRC32C: { header: "x-amz-checksum-crc32c", element: "ChecksumCRC32C", bytes: 4 },
  CRC64NVME: { header: "x-amz-checksum-crc64nvme", element: "ChecksumCRC64NVME", bytes: 8 },
  SHA1: { header: "x-amz-checksum-sha1", element: "ChecksumSHA1", bytes: 20 },
  SHA256: { header: "x-amz-checksum-sha256", element: "ChecksumSHA256", bytes: 32 },
  SHA512: { header: "x-amz-checksum-sha512", element: "ChecksumSHA512", bytes: 64 },
  MD5: { header: "x-amz-checksum-md5", element: "ChecksumMD5", bytes: 16 },
  XXHASH64: { header: "x-amz-checksum-xxhash64", element: "ChecksumXXHASH64", bytes: 8 },
  XXHASH3: { header: "x-amz-checksum-xxhash3", element: "ChecksumXXHASH3", bytes: 8 },
  XXHASH128: { header: "x-amz-checksum-xxhash128", element: "ChecksumXXHASH128", bytes: 16 },
} as const;

export type Algorithm = keyof typeof ALGORITHMS;
export type ChecksumType = "FULL_OBJECT" | "COMPOSITE";

/** What S3 keeps of an object's checksum. `value` is base64, for COMPOSITE followed by `-<parts>`. */
export interface StoredChecksum {
  algorithm: Algorithm;
  type: ChecksumType;
  value: string;
}

/** Computes one checksum over bytes as they pass. */
export interface Hasher {
  update(bytes: Uint8Array): void;
  /** Base64. */
  digest(): string;
}

export async function createHasher(algorithm: Algorithm): Promise<Hasher> {
  switch (algorithm) {
    case "CRC32":
      return crc32Hasher();
    case "SHA1":
    case "SHA256":
    case "SHA512":
    case "MD5": {
      const hash = createHash(algorithm);
      return { update: (bytes) => hash.update(bytes), digest: () => hash.digest("base64") };
    }
    case "CRC32C":
      return wasmHasher(await createCRC32(0x82f63b78));
    case "CRC64NVME":
      return wasmHasher(await createCRC64("9a6c9329ac4bc9b5"));
    case "XXHASH64":
      return wasmHasher(await createXXHash64());
    case "XXHASH3":
      return wasmHasher(await createXXHash3());
    case "XXHASH128":
      return wasmHasher(await createXXHash128());
  }
}

/** The checksum of the parts' checksums, as S3 composes it. */
export async function compositeChecksum(algorithm: Algorithm, parts: string[]): Promise<StoredChecksum> {
  const hasher = await createHasher(algorithm);
  for (const part of parts) hasher.update(Buffer.from(part, "base64"));
  return { algorithm, type: "COMPOSITE", value: `${hasher.digest()}-${parts.length}` };
}

/** The one algorithm and value among `x-amz-checksum-*` headers; undefined when there is none. */
export function checksumHeader(
  headers: Record<string, string>,
): { algorithm: Algorithm; value: string } | undefined {
  const found = algorithmNames().filter((algorithm) => headers[ALGORITHMS[algorithm].header] !== undefined);
  if (found.length > 1)
    throw new S3Error(
      "InvalidRequest",
      "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
    );
  const [algorithm] = found;
  if (algorithm === undefined) return undefined;
  return { algorithm, value: headers[ALGORITHMS[algorithm].header] ?? "" };
}

/** @throws S3Error InvalidRequest when the value is no base64 of the algorithm's length */
export function assertChecksumForm(algorithm: Algorithm, value: string): void {
  const [digest = ""] = value.split("-");
  const bytes = Buffer.from(digest, "base64");
  if (bytes.length !== ALGORITHMS[algorithm].bytes || bytes.toString("base64") !== digest) {
    throw new S3Error("InvalidRequest", `Value for ${ALGORITHMS[algorithm].header} header is invalid.`);
  }
}

export function parseAlgorithm(name: string): Algorithm {
  const algorithm = algorithmNames().find((known) => known === name.toUpperCase());
  if (!algorithm) throw new S3Error("InvalidRequest", "Checksum algorithm provided is unsupported.");
  return algorithm;
}

export function algorithmNames(): Algorithm[] {
  return Object.keys(ALGORITHMS) as Algorithm[]; // Object.keys of a constant: its keys are its type's
}

function crc32Hasher(): Hasher {
  let value = 0;
  return {
    update(bytes) {
      value = crc32(bytes, value);
    },
    digest() {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value);
      return bytes.toString("base64");
    },
  };
}

function wasmHasher(hasher: IHasher): Hasher {
  hasher.init();
  return {
    update: (bytes) => hasher.update(bytes),
    digest: () => Buffer.from(hasher.digest("hex"), "hex").toString("base64"),
  };
}
