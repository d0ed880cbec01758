import { EXPORT } from "../functions/executions/kinds.ts";
import { stopExecution } from "../functions/executions/startAndStop.ts";
import { printable } from "../local/display/text.ts";
import { openDeployment } from "./deployment.ts";
import type { DeploymentOptions } from "./deploymentOptions.ts";
import { EXIT } from "./failure.ts";
import type { Streams } from "./streams.ts";

export interface StopOptions extends DeploymentOptions {
  json?: boolean;
}

/** Stops an export. One that has ended stays as it is, which is no failure. */
export async function stop(id: string, options: StopOptions, streams: Streams): Promise<number> {
  const { stdout, environment } = streams;
  using deployment = await openDeployment(options, environment);
  const before = await deployment.executions.describe(id);
  const stopped = await stopExecution(
    EXPORT,
    deployment.executions,
    id,
    "The export was stopped by library-export stop",
  );
  if (options.json) stdout.write(`${JSON.stringify(stopped)}\n`);
  else if (before?.state === "RUNNING") {
    stdout.write(`${printable(id)} is stopped; what it had opened is removed within minutes\n`);
  } else
    stdout.write(`${printable(id)} had ended already: ${stopped.state.toLowerCase().replace("_", " ")}\n`);
  return EXIT.success;
}
