import { readStatus } from "../functions/executions/readStatus.ts";
import { jsonLine } from "../local/display/text.ts";
import { openDeployment } from "./deployment.ts";
import type { DeploymentOptions } from "./deploymentOptions.ts";
import { EXIT, writeError } from "./failure.ts";
import { statusText } from "./statusText.ts";
import type { Streams } from "./streams.ts";

export interface StatusOptions extends DeploymentOptions {
  json?: boolean;
}

/** Shows how an export stands, once. Returns the exit code: failed for one that did not succeed. */
export async function status(id: string, options: StatusOptions, streams: Streams): Promise<number> {
  const { stdout, stderr, environment } = streams;
  using deployment = await openDeployment(options, environment);
  const found = await readStatus(id, deployment);
  stdout.write(options.json ? jsonLine(found) : statusText(found));
  if (found.error === null) return EXIT.success;
  writeError(found.error, stderr);
  return EXIT.failed;
}
