import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { ChecksumAlgorithm } from "../../functions/checksum.ts";
import type { FileSource, MadeBytes } from "./options.ts";

/** A file's bytes, readable from any offset, any number of times. */
export interface Content {
  size: number;
  /** Bytes from `start` up to, not including, `end`. */
  read(start: number, end: number): AsyncIterable<Buffer>;
}

/** @throws the file system's error for a path that cannot be read */
export async function openContent(source: FileSource): Promise<Content> {
  if ("path" in source) return fileContent(source.path);
  return Buffer.isBuffer(source.content) ? bufferContent(source.content) : madeContent(source.content);
}

/** Lower-case hexadecimal digest of the whole content. */
export async function digestOf(content: Content, algorithm: ChecksumAlgorithm): Promise<string> {
  const hash = createHash(algorithm);
  for await (const chunk of content.read(0, content.size)) hash.update(chunk);
  return hash.digest("hex");
}

const CHUNK_BYTES = 1024 * 1024;

async function fileContent(path: string): Promise<Content> {
  const { size } = await stat(path);
  return {
    size,
    async *read(start, end) {
      if (start < end) yield* createReadStream(path, { start, end: end - 1, highWaterMark: CHUNK_BYTES });
    },
  };
}

function bufferContent(buffer: Buffer): Content {
  return {
    size: buffer.length,
    async *read(start, end) {
      for (let at = start; at < end; at += CHUNK_BYTES)
        yield buffer.subarray(at, Math.min(at + CHUNK_BYTES, end));
    },
  };
}

const BLOCK_BYTES = 64 * 1024;

/**
 * One block drawn from the seed, repeated, with the block's number at its head: a copy per block is all that it
 * costs, and a block that is lost, repeated or moved still changes every digest.
 */
function madeContent({ size, seed }: MadeBytes): Content {
  const block = blockOf(seed);
  return {
    size,
    async *read(start, end) {
      for (let at = start; at < end; ) {
        const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
        const first = Math.floor(at / BLOCK_BYTES);
        for (let index = 0; index < CHUNK_BYTES / BLOCK_BYTES; index++) {
          block.copy(chunk, index * BLOCK_BYTES);
          chunk.writeBigUInt64BE(BigInt(first + index), index * BLOCK_BYTES);
        }
        const from = at - first * BLOCK_BYTES;
        const bytes = chunk.subarray(from, Math.min(CHUNK_BYTES, from + end - at));
        yield bytes;
        at += bytes.length;
      }
    },
  };
}

function blockOf(seed: string): Buffer {
  const digests = [];
  for (let index = 0; index < BLOCK_BYTES / 64; index++) {
    digests.push(createHash("SHA512").update(`${index} ${seed}`).digest());
  }
  return Buffer.concat(digests);
}
