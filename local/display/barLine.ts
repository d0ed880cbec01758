import { formatSize, formatSpeed } from "./size.ts";
import type { Speed } from "./speed.ts";
import { type Colour, printable } from "./text.ts";
import type { FilePhase } from "./view.ts";

const BAR_WIDTH = 24;

/** A file on its way, as a view knows it. */
export interface ShownFile {
  name: string;
  phase: FilePhase;
  bytes: number;
  totalBytes: number | undefined;
  speed: Speed;
}

/** The name comes last, because it is of any length, and its characters may be of any width. */
export function barLine(file: ShownFile, colour: (colour: Colour, text: string) => string): string {
  const name = printable(file.name);
  if (file.phase === "PREPARING") return `${colour("dim", "preparing".padEnd(BAR_WIDTH + 5))}  ${name}`;
  const fraction = file.totalBytes ? Math.min(1, file.bytes / file.totalBytes) : undefined;
  const full = Math.round((fraction ?? 0) * BAR_WIDTH);
  const bar = colour("green", "█".repeat(full)) + colour("dim", "░".repeat(BAR_WIDTH - full));
  const percent = (fraction === undefined ? "" : `${Math.floor(fraction * 100)}%`).padStart(4);
  const speed = file.speed.bytesPerSecond();
  const figures = [
    formatSize(file.bytes).padStart(8),
    (speed === undefined ? "" : formatSpeed(speed)).padStart(10),
  ];
  return `${bar} ${percent}  ${figures.join("  ")}  ${name}`;
}
