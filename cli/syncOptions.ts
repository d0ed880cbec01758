import { type Command, Option } from "commander";
import type { ExportSettings } from "../functions/config.ts";
import { InvalidInput } from "../functions/errors.ts";
import { addConnectionOptions, type ConnectionOptions } from "./connectionOptions.ts";
import { addLibraryOptions, type LibraryOptions } from "./libraryOptions.ts";
import { parseS3Uri, type S3Location } from "./s3Uri.ts";
import { addStorageOptions, type StorageOptions, storageSettings } from "./storageOptions.ts";

export interface SyncOptions extends ConnectionOptions, LibraryOptions, StorageOptions {
  json?: boolean;
}

export function addSyncOptions(command: Command): Command {
  addConnectionOptions(command);
  addStorageOptions(command);
  return addLibraryOptions(command).addOption(
    new Option("--json", "one JSON object per line on the standard output; the last is the report"),
  );
}

/** What `sync` was asked to do. */
export interface SyncRequestWords {
  destination: S3Location;
  /** Undefined where --library-id names it. */
  library: string | undefined;
  settings: Partial<ExportSettings>;
}

/**
 * @param operands what stands on the command line besides options
 * @throws InvalidInput
 */
export function readSyncRequest(operands: string[], options: SyncOptions): SyncRequestWords {
  const [first, second] = operands;
  const byId = options.libraryId !== undefined;
  if (first === undefined || operands.length > 2 || (second === undefined) !== byId) {
    const wanted = byId
      ? "s3://bucket/prefix, as the library is named by --library-id"
      : "LIBRARY s3://bucket/prefix";
    throw new InvalidInput(
      `sync takes ${wanted}; it was given ${operands.length} words besides the options.`,
    );
  }
  const destination = parseS3Uri(second ?? first);
  return {
    destination,
    library: byId ? undefined : first,
    settings: storageSettings(destination, options),
  };
}
