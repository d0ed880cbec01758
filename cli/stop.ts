import { words } from "../local/display/statusWord.ts";
import { jsonLine, printable } from "../local/display/text.ts";
import { openDeployment } from "./deployment.ts";
import type { DeploymentOptions } from "./deploymentOptions.ts";
import { EXIT } from "./failure.ts";
import type { Streams } from "./streams.ts";
import { findSubject } from "./subject.ts";

export interface StopOptions extends DeploymentOptions {
  json?: boolean;
}

/** Stops an export or a sync. One that has ended stays as it is, which is no failure. */
export async function stop(id: string, options: StopOptions, streams: Streams): Promise<number> {
  const { stdout, environment } = streams;
  using deployment = await openDeployment(options, environment);
  const subject = await findSubject(id, deployment);
  const before = await subject.describe();
  const stopped = await subject.stop(`The ${subject.word} was stopped by library-export stop`);
  const name = printable(id);
  if (options.json) stdout.write(jsonLine(stopped));
  else if (before?.state === "RUNNING") {
    const both = subject.word === "sync" ? ", and so are the exports that it has started" : "";
    stdout.write(`${name} is stopped${both}; what was open is removed within minutes\n`);
  } else stdout.write(`${name} had ended already: ${words(stopped.state)}\n`);
  return EXIT.success;
}
