import type { Command } from "commander";
import { InvalidInput } from "../functions/errors.ts";
import type { SyncRequest } from "../functions/sync/input.ts";
import { addDeploymentOptions } from "./deploymentOptions.ts";
import { addLibraryOptions, type LibraryOptions, syncInput } from "./libraryOptions.ts";
import { parseS3Uri } from "./s3Uri.ts";
import { addStartingOptions, type StartingOptions } from "./startOptions.ts";

export type StartSyncOptions = StartingOptions & LibraryOptions;

export function addStartSyncOptions(command: Command): Command {
  return addStartingOptions(addLibraryOptions(addDeploymentOptions(command)), "sync");
}

/**
 * The execution's input.
 * @param operands what stands on the command line besides options
 * @throws InvalidInput
 */
export function readStartSync(operands: string[], options: StartSyncOptions): SyncRequest {
  const destinations = operands.filter((word) => word.startsWith("s3://"));
  const names = operands.filter((word) => !word.startsWith("s3://"));
  const isNamed = names.length + (options.libraryId === undefined ? 0 : 1);
  if (isNamed !== 1 || destinations.length > 1) {
    throw new InvalidInput(
      "start-sync takes one library: LIBRARY, or --library-id; and, besides, s3://bucket/prefix.",
    );
  }
  const [uri] = destinations;
  return syncInput(options.vcenter, names[0], uri === undefined ? undefined : parseS3Uri(uri), options);
}
