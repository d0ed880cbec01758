import type { FileHandle } from "node:fs/promises";
import { type Algorithm, createHasher, type Hasher } from "./checksums.ts";
import { withNewFile } from "./newFile.ts";

/** Bytes `start` up to, not including, `end` of an open file. */
export interface Piece {
  file: FileHandle;
  start: number;
  end: number;
}

/**
 * Writes the pieces one after the other into a new file, and returns the base64 of every algorithm asked for.
 * When it fails no file is left. A piece is opened only for as long as it is read.
 */
export function concatenate(
  path: string,
  pieces: Iterable<() => Promise<Piece>>,
  algorithms: Algorithm[],
): Promise<Partial<Record<Algorithm, string>>> {
  return withNewFile(path, (file) => concatenateInto(file, 0, pieces, algorithms));
}

/** As `concatenate`, into an open file from a position on. */
export async function concatenateInto(
  target: FileHandle,
  position: number,
  pieces: Iterable<() => Promise<Piece>>,
  algorithms: Algorithm[],
): Promise<Partial<Record<Algorithm, string>>> {
  const hashers = new Map<Algorithm, Hasher>();
  for (const algorithm of algorithms) hashers.set(algorithm, await createHasher(algorithm));
  const buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  let end = position;
  for (const openPiece of pieces) {
    const piece = await openPiece();
    try {
      end = await copyPiece(target, end, piece, buffer, [...hashers.values()]);
    } finally {
      await piece.file.close();
    }
  }
  const checksums: Partial<Record<Algorithm, string>> = {};
  for (const [algorithm, hasher] of hashers) checksums[algorithm] = hasher.digest();
  return checksums;
}

const BUFFER_BYTES = 4 * 1024 * 1024;

/** @returns the position behind what was written */
async function copyPiece(
  target: FileHandle,
  position: number,
  piece: Piece,
  buffer: Buffer,
  hashers: Hasher[],
): Promise<number> {
  let end = position;
  for (let from = piece.start; from < piece.end; ) {
    const wanted = Math.min(buffer.length, piece.end - from);
    const { bytesRead } = await piece.file.read(buffer, 0, wanted, from);
    if (bytesRead === 0) throw new Error("a file in the simulator's folder has become shorter");
    for (const hasher of hashers) hasher.update(buffer.subarray(0, bytesRead));
    for (let written = 0; written < bytesRead; ) {
      written += (await target.write(buffer, written, bytesRead - written, end + written)).bytesWritten;
    }
    from += bytesRead;
    end += bytesRead;
  }
  return end;
}
