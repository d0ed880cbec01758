import { type FileHandle, open, rm } from "node:fs/promises";
import { type Algorithm, createHasher, type Hasher } from "./checksums.ts";

/** Bytes `start` up to, not including, `end` of an open file. */
export interface Piece {
  file: FileHandle;
  start: number;
  end: number;
}

const BUFFER_BYTES = 4 * 1024 * 1024;

/**
 * Writes the pieces one after the other into a new file, and returns the base64 of every algorithm asked for.
 * When it fails no file is left. A piece is opened only for as long as it is read.
 */
export async function concatenate(
  path: string,
  pieces: Iterable<() => Promise<Piece>>,
  algorithms: Algorithm[],
): Promise<Partial<Record<Algorithm, string>>> {
  const hashers = new Map<Algorithm, Hasher>();
  for (const algorithm of algorithms) hashers.set(algorithm, await createHasher(algorithm));
  const target = await open(path, "wx");
  let kept = false;
  try {
    const buffer = Buffer.allocUnsafe(BUFFER_BYTES);
    for (const openPiece of pieces) {
      const piece = await openPiece();
      try {
        await append(target, piece, buffer, [...hashers.values()]);
      } finally {
        await piece.file.close();
      }
    }
    kept = true;
  } finally {
    await target.close();
    if (!kept) await rm(path, { force: true });
  }
  const checksums: Partial<Record<Algorithm, string>> = {};
  for (const [algorithm, hasher] of hashers) checksums[algorithm] = hasher.digest();
  return checksums;
}

async function append(target: FileHandle, piece: Piece, buffer: Buffer, hashers: Hasher[]): Promise<void> {
  for (let position = piece.start; position < piece.end; ) {
    const wanted = Math.min(buffer.length, piece.end - position);
    const { bytesRead } = await piece.file.read(buffer, 0, wanted, position);
    if (bytesRead === 0) throw new Error("a file in the simulator's folder has become shorter");
    const bytes = buffer.subarray(0, bytesRead);
    for (const hasher of hashers) hasher.update(bytes);
    await target.writeFile(bytes);
    position += bytesRead;
  }
}
