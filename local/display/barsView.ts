import { createLogUpdate } from "log-update";
import type { Clock } from "../../functions/clock.ts";
import type { FileProgress } from "../../functions/services.ts";
import { formatSize, formatSpeed } from "./size.ts";
import { Speed } from "./speed.ts";
import { paint, printable } from "./text.ts";
import type { ExportView, FilePhase } from "./view.ts";

const REDRAW_MILLISECONDS = 100;
const BAR_WIDTH = 24;

interface ShownFile {
  name: string;
  phase: FilePhase;
  bytes: number;
  totalBytes: number | undefined;
  speed: Speed;
}

/**
 * A bar for each file that is on its way, redrawn in place. A file that has come to its end becomes a line of
 * its own above the bars, so that an item of many files does not need a screen of many lines.
 */
export function barsView(stdout: NodeJS.WriteStream, clock: Clock): ExportView {
  const draw = createLogUpdate(stdout);
  const files = new Map<number, ShownFile>();
  let drawnAt = Number.NEGATIVE_INFINITY;

  function redraw(): void {
    drawnAt = clock.now();
    draw([...files.values()].map((file) => barLine(file, stdout)).join("\n"));
  }

  function progressed({ index, name, bytes, totalBytes }: FileProgress): void {
    const file = files.get(index);
    if (file === undefined) return;
    Object.assign(file, { name, bytes, totalBytes });
    file.speed.add(clock.now(), bytes);
    if (clock.now() - drawnAt >= REDRAW_MILLISECONDS) redraw();
  }

  return {
    changed({ index, name, phase, reason }) {
      const known = files.get(index);
      if (phase === "PREPARING" || phase === "TRANSFERRING") {
        if (known === undefined)
          files.set(index, { name, phase, bytes: 0, totalBytes: undefined, speed: new Speed() });
        else known.phase = phase;
      } else {
        files.delete(index);
        draw.persist(endLine(name, phase, reason, stdout));
      }
      redraw();
    },
    progressed,
    ended: () => finish(),
    closed: () => finish(),
  };

  function finish(): void {
    draw.clear();
    draw.done();
  }
}

function barLine(file: ShownFile, stdout: NodeJS.WriteStream): string {
  const name = printable(file.name);
  if (file.phase === "PREPARING")
    return `${paint("dim", `${"preparing".padEnd(BAR_WIDTH + 5)}`, stdout)}  ${name}`;
  const fraction = file.totalBytes ? Math.min(1, file.bytes / file.totalBytes) : undefined;
  const full = Math.round((fraction ?? 0) * BAR_WIDTH);
  const bar = paint("green", "█".repeat(full), stdout) + paint("dim", "░".repeat(BAR_WIDTH - full), stdout);
  const percent = fraction === undefined ? "    " : `${Math.floor(fraction * 100)}%`.padStart(4);
  const speed = file.speed.bytesPerSecond();
  const figures = [
    formatSize(file.bytes).padStart(8),
    (speed === undefined ? "" : formatSpeed(speed)).padStart(10),
  ];
  return `${bar} ${percent}  ${figures.join("  ")}  ${name}`;
}

function endLine(
  name: string,
  phase: FilePhase,
  reason: string | undefined,
  stdout: NodeJS.WriteStream,
): string {
  const colour = phase === "FAILED" ? "red" : "green";
  const why = reason === undefined ? "" : `: ${printable(reason)}`;
  return `${paint(colour, phase === "FAILED" ? "✗" : "✓", stdout)} ${printable(name)} ${phase.toLowerCase()}${why}`;
}
