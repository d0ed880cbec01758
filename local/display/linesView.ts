import type { Clock } from "../../functions/clock.ts";
import { formatSize, formatSpeed } from "./size.ts";
import { Speed } from "./speed.ts";
import { printable } from "./text.ts";
import type { ExportView } from "./view.ts";

const PROGRESS_MILLISECONDS = 5000;

/** Plain lines for logs and pipes: every change of phase, and at most one line in five seconds for each file. */
export function linesView(stdout: NodeJS.WritableStream, clock: Clock): ExportView {
  const files = new Map<number, { shownAt: number; speed: Speed }>();

  function show(name: string, text: string): void {
    stdout.write(`${printable(name)}: ${text}\n`);
  }

  return {
    changed({ name, phase, reason }) {
      show(name, phase.toLowerCase() + (reason === undefined ? "" : `: ${printable(reason)}`));
    },
    progressed({ index, name, bytes, totalBytes }) {
      const now = clock.now();
      const file = files.get(index) ?? { shownAt: now, speed: new Speed() };
      files.set(index, file);
      file.speed.add(now, bytes);
      if (now - file.shownAt < PROGRESS_MILLISECONDS) return;
      file.shownAt = now;
      const percent = totalBytes
        ? ` of ${formatSize(totalBytes)} (${Math.floor((100 * bytes) / totalBytes)} %)`
        : "";
      const speed = file.speed.bytesPerSecond();
      show(name, `${formatSize(bytes)}${percent}${speed === undefined ? "" : `, ${formatSpeed(speed)}`}`);
    },
    ended() {},
    closed() {},
  };
}
