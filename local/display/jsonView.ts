import type { Clock } from "../../functions/clock.ts";
import { jsonLine } from "./text.ts";
import type { ExportView } from "./view.ts";

const PROGRESS_MILLISECONDS = 1000;

/**
 * One JSON object per line: `state` when a file's phase changes, `progress` at most once a second for each file,
 * and `report`, the last line, which is the report of the export.
 */
export function jsonView(stdout: NodeJS.WritableStream, clock: Clock): ExportView {
  const lastShown = new Map<number, number>();

  function write(line: object): void {
    stdout.write(jsonLine(line));
  }

  return {
    changed({ index, name, phase, reason }) {
      const time = new Date(clock.now()).toISOString();
      write({ event: "state", time, index, name, phase, ...(reason !== undefined && { reason }) });
    },
    progressed({ index, name, bytes, totalBytes }) {
      const now = clock.now();
      if (now - (lastShown.get(index) ?? Number.NEGATIVE_INFINITY) < PROGRESS_MILLISECONDS) return;
      lastShown.set(index, now);
      const time = new Date(now).toISOString();
      write({ event: "progress", time, index, name, bytes, totalBytes: totalBytes ?? null });
    },
    ended(report) {
      write({ event: "report", ...report });
    },
    closed() {},
  };
}
