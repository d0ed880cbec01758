import { systemClock } from "../../functions/clock.ts";
import { barsView } from "./barsView.ts";
import { linesView } from "./linesView.ts";
import type { ExportView } from "./view.ts";

/** Bars on a terminal that tells its width, plain lines everywhere else. */
export function chooseView(stdout: NodeJS.WriteStream): ExportView {
  return stdout.isTTY && stdout.columns > 0 ? barsView(stdout, systemClock) : linesView(stdout, systemClock);
}
