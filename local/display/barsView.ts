import { createLogUpdate } from "log-update";
import type { Clock } from "../../functions/clock.ts";
import type { FileProgress } from "../../functions/services.ts";
import { barLine, type ShownFile } from "./barLine.ts";
import { Speed } from "./speed.ts";
import { paint, printable } from "./text.ts";
import type { ExportView, FilePhase } from "./view.ts";

const REDRAW_MILLISECONDS = 100;

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
    draw(
      [...files.values()]
        .map((file) => barLine(file, (colour, text) => paint(colour, text, stdout)))
        .join("\n"),
    );
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
