import type { Footprint } from "./footprint.ts";
import type { Tally } from "./tally.ts";

/** Tells what was done and seen. */
export function printSoak({
  seed,
  sideBySide,
  tally,
  footprints,
}: {
  seed: number;
  sideBySide: number;
  tally: Tally;
  footprints: Footprint[];
}): void {
  const { journeys, outcomes, ends, kills, swept } = tally;
  const lines = [
    `seed ${seed}: ${journeys} exports, ${sideBySide} side by side. With the same seed each meets the same faults again.`,
    `by outcome: ${outcomes}`,
    `by end: ${ends}; ${kills} functions killed`,
    `swept afterwards: ${String(swept) || "nothing"}`,
    ...(footprints.length > 0 ? ["", "after each round, with nothing running:", ...table(footprints)] : []),
  ];
  console.log(lines.join("\n"));
}

function table(footprints: Footprint[]): string[] {
  const columns: [string, (footprint: Footprint) => string][] = [
    ["objects", ({ objects }) => String(objects)],
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
