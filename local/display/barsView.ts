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
export function barsView(stdout: NodeJS.WritableStream, clock: Clock): ExportView {
  const draw = createLogUpdate(stdout);
  const files = new Map<number, ShownFile>();
  let drawnAt = Number.NEGATIVE_INFINITY;
  let willRedraw = false;
  let finished = false;

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
    const early = REDRAW_MILLISECONDS - (clock.now() - drawnAt);
    if (early <= 0) redraw();
    else void redrawIn(early);
  }

  /** What comes too soon after a drawing is drawn later: a watched export tells nothing more for seconds. */
  async function redrawIn(milliseconds: number): Promise<void> {
    if (willRedraw) return;
    willRedraw = true;
    await clock.sleep(milliseconds, undefined, { ref: false });
    willRedraw = false;
    if (!finished) redraw();
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
    finished = true;
    draw.clear();
    draw.done();
  }
}

function endLine(
  name: string,
  phase: FilePhase,
  reason: string | undefined,
  stdout: NodeJS.WritableStream,
): string {
  const colour = phase === "FAILED" ? "red" : "green";
  const why = reason === undefined ? "" : `: ${printable(reason)}`;
  return `${paint(colour, phase === "FAILED" ? "✗" : "✓", stdout)} ${printable(name)} ${phase.toLowerCase()}${why}`;
}
