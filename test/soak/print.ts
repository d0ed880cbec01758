import type { Footprint } from "./footprint.ts";
import type { Seen } from "./journey.ts";

/** Tells what was done and seen. */
export function printSoak({
  seed,
  sideBySide,
  seen,
  footprints,
}: {
  seed: number;
  sideBySide: number;
  seen: Seen[];
  footprints: Footprint[];
}): void {
  const lines = [
    `seed ${seed}: ${seen.length} exports, ${sideBySide} side by side. With the same seed each meets the same faults again.`,
    `by outcome: ${counted(seen.map(({ outcome }) => outcome))}`,
    `by end: ${counted(seen.map(({ end }) => end))}; ${seen.reduce((sum, { kills }) => sum + kills, 0)} functions killed`,
    `swept afterwards: ${counted(seen.flatMap(({ swept }) => swept)) || "nothing"}`,
    ...(footprints.length > 0 ? ["", "after each round, with nothing running:", ...table(footprints)] : []),
  ];
  console.log(lines.join("\n"));
}

function counted(words: string[]): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  const sorted = [...counts].toSorted(([, a], [, b]) => b - a);
  return sorted.map(([word, count]) => `${count} ${word}`).join(", ");
}

function table(footprints: Footprint[]): string[] {
  const columns: [string, (footprint: Footprint) => string][] = [
    ["heap MB", ({ heap }) => megabytes(heap)],
    ["buffers MB", ({ buffers }) => megabytes(buffers)],
    ["resident MB", ({ residentSet }) => megabytes(residentSet)],
    ["sockets", ({ sockets }) => String(sockets)],
    ["others", ({ otherResources }) => String(otherResources)],
    ["files", ({ fileDescriptors }) => String(fileDescriptors ?? "?")],
    ["threads", ({ threads }) => String(threads ?? "?")],
  ];
  const row = (cells: string[]) => cells.map((cell) => cell.padStart(12)).join("");
  return [
    row(columns.map(([name]) => name)),
    ...footprints.map((one) => row(columns.map(([, of]) => of(one)))),
  ];
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
