import { jsonLine } from "../local/display/text.ts";
import { openDeployment } from "./deployment.ts";
import type { DeploymentOptions } from "./deploymentOptions.ts";
import { EXIT, writeError } from "./failure.ts";
import type { Streams } from "./streams.ts";
import { findSubject } from "./subject.ts";

export interface StatusOptions extends DeploymentOptions {
  json?: boolean;
}

/** Shows how an export or a sync stands, once. Returns the exit code: failed for one that did not succeed. */
export async function status(id: string, options: StatusOptions, streams: Streams): Promise<number> {
  const { stdout, stderr, environment } = streams;
  using deployment = await openDeployment(options, environment);
  const subject = await findSubject(id, deployment);
  const { status: found, text } = await subject.read();
  stdout.write(options.json ? jsonLine(found) : text(stdout));
  if (found.error === null) return EXIT.success;
  writeError(found.error, stderr);
  return EXIT.failed;
}
