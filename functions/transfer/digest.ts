import { createHash } from "node:crypto";
import { availableParallelism } from "node:os";
import { createMD5, createSHA1, createSHA256, createSHA512, type IHasher } from "hash-wasm";
import { CHECKSUM_ALGORITHMS, type Checksum, type ChecksumAlgorithm, isComputable } from "../checksum.ts";
import { CursorInvalid } from "../errors.ts";
import { partCrc32 } from "./crc32.ts";
import { startHashThread } from "./hashThread.ts";

/** Checksums of one run of bytes, in one or more algorithms at once. Whoever made it closes it. */
export interface Digest {
  /**
   * Takes the next bytes, which stay as they are until it returns. Several calls may be under way; they return in
   * their order.
   * @returns the CRC-32 of these bytes alone
   */
  update(bytes: Uint8Array): Promise<number>;
  /** The checksums of the bytes so far, lower-case hexadecimal, by algorithm. The digest can go on. */
  values(): Promise<Digests>;
  /** What another digest can go on from; undefined for one that cannot be carried elsewhere. */
  save(): SavedDigest | undefined;
  close(): void;
}

export type Digests = ReadonlyMap<string, string>;

/** A midstate for each algorithm, base64: 96 to 212 bytes each before encoding. */
export type SavedDigest = Partial<Record<ChecksumAlgorithm, string>>;

/** Fewer bytes are hashed sooner than a thread has started. */
const WORTH_A_THREAD_BYTES = 64 * 1024 ** 2;

/**
 * Which algorithms to compute: the one that vCenter named up front, or all that it may name afterwards.
 * One costs 0.5 to 1.3 ns a byte, all four about 3; where they can be saved, 2 to 4 and about 10.
 */
export function algorithmsFor(known: Checksum | null): readonly ChecksumAlgorithm[] {
  return known && isComputable(known.algorithm) ? [known.algorithm] : CHECKSUM_ALGORITHMS;
}

/**
 * The fastest digest there is, by OpenSSL. It lives and dies with this process; where the file is large and there is
 * a second core, in a thread of its own, so that hashing and moving take no time from each other.
 * @param bytes of the file; undefined where that is not known
 */
export function createDigest(
  algorithms: readonly ChecksumAlgorithm[],
  bytes = Number.POSITIVE_INFINITY,
  cores = availableParallelism(),
): Digest {
  const thread = bytes >= WORTH_A_THREAD_BYTES && cores > 1;
  return thread ? startHashThread(algorithms) : createOwnDigest(algorithms);
}

/** As `createDigest`, in the thread that asks for it. */
export function createOwnDigest(algorithms: readonly ChecksumAlgorithm[]): Digest {
  const hashes = algorithms.map((algorithm) => ({ algorithm, hash: createHash(algorithm) }));
  return {
    async update(bytes) {
      for (const { hash } of hashes) hash.update(bytes);
      return partCrc32(bytes);
    },
    values: async () => new Map(hashes.map(({ algorithm, hash }) => [algorithm, hash.copy().digest("hex")])),
    save: () => undefined,
    close() {},
  };
}

const WASM: Record<ChecksumAlgorithm, () => Promise<IHasher>> = {
  SHA1: createSHA1,
  MD5: createMD5,
  SHA256: createSHA256,
  SHA512: createSHA512,
};

/** A digest whose midstate can be saved, and taken up again by another process. */
export async function createResumableDigest(algorithms: readonly ChecksumAlgorithm[]): Promise<Digest> {
  const hashers = await Promise.all(
    algorithms.map(async (algorithm) => ({ algorithm, hasher: (await WASM[algorithm]()).init() })),
  );
  return resumable(hashers);
}

/** @throws CursorInvalid when the states are not what `save` returned */
export async function resumeDigest(saved: SavedDigest): Promise<Digest> {
  const hashers = await Promise.all(
    CHECKSUM_ALGORITHMS.filter((algorithm) => saved[algorithm] !== undefined).map(async (algorithm) => ({
      algorithm,
      hasher: loaded(await WASM[algorithm](), algorithm, saved[algorithm] ?? ""),
    })),
  );
  return resumable(hashers);
}

function loaded(hasher: IHasher, algorithm: ChecksumAlgorithm, state: string): IHasher {
  try {
    return hasher.load(Buffer.from(state, "base64"));
  } catch (cause) {
    throw new CursorInvalid(`The cursor holds a midstate of ${algorithm} that is none`, { cause });
  }
}

function resumable(hashers: { algorithm: ChecksumAlgorithm; hasher: IHasher }[]): Digest {
  return {
    async update(bytes) {
      for (const { hasher } of hashers) hasher.update(bytes);
      return partCrc32(bytes);
    },
    async values() {
      return new Map(
        hashers.map(({ algorithm, hasher }) => {
          const state = hasher.save();
          const value = hasher.digest("hex");
          hasher.load(state);
          return [algorithm, value];
        }),
      );
    },
    save() {
      return Object.fromEntries(
        hashers.map(({ algorithm, hasher }) => [algorithm, Buffer.from(hasher.save()).toString("base64")]),
      );
    },
    close() {},
  };
}
