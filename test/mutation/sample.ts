import { readFileSync } from "node:fs";

/** Lines that are chosen together: a condition and what depends on it. */
const LINES = 8;

/**
 * Chooses pieces of source files at random, as Stryker's `mutate` takes them (`file.ts:9-16`): the same for the same
 * seed.
 * @param share of all lines, 0 to 1
 */
export function sample(files: readonly string[], share: number, seed: number): string[] {
  const random = mulberry32(seed);
  return files.flatMap((file) => {
    const lines = readFileSync(file, "utf8").split("\n").length;
    const starts = Array.from({ length: Math.ceil(lines / LINES) }, (_, index) => index * LINES + 1);
    return starts.filter(() => random() < share).map((start) => `${file}:${start}-${start + LINES - 1}`);
  });
}

/** Numbers from 0 up to 1 (Tommy Ettinger's generator, in the public domain). */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
