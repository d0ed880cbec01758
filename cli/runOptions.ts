import { type Command, Option } from "commander";
import type { ExportSettings } from "../functions/config.ts";
import { InvalidInput } from "../functions/errors.ts";
import { type ExportInput, parseInput } from "../functions/input.ts";
import { addConnectionOptions, type ConnectionOptions } from "./connectionOptions.ts";
import { type ItemName, readingsOf } from "./itemName.ts";
import { addItemOptions, type ItemOptions } from "./itemOptions.ts";
import { parseS3Uri, type S3Location } from "./s3Uri.ts";
import { addStorageOptions, type StorageOptions, storageSettings } from "./storageOptions.ts";

export interface RunOptions extends ConnectionOptions, ItemOptions, StorageOptions {
  json?: boolean;
}

export function addRunOptions(command: Command): Command {
  addConnectionOptions(command);
  addStorageOptions(command);
  addItemOptions(command);
  return command.addOption(
    new Option("--json", "one JSON object per line on the standard output; the last is the report"),
  );
}

/** What `run` was asked to do. `readings` has several entries where slashes leave open which item is meant. */
export interface RunRequest {
  destination: S3Location;
  readings: ItemName[];
  settings: Partial<ExportSettings>;
}

/**
 * @param operands what stands on the command line besides options
 * @throws InvalidInput
 */
export function readRunRequest(operands: string[], options: RunOptions): RunRequest {
  const [first, second] = operands;
  const byId = options.itemId !== undefined;
  if (first === undefined || operands.length > 2 || (second === undefined) !== byId) {
    const wanted = byId
      ? "s3://bucket/prefix, as the item is named by --item-id"
      : '"LIBRARY/ITEM" s3://bucket/prefix';
    throw new InvalidInput(`run takes ${wanted}; it was given ${operands.length} words besides the options.`);
  }
  const destination = parseS3Uri(second ?? first);
  return {
    destination,
    readings: byId ? [] : readingsOf(first),
    settings: storageSettings(destination, options),
  };
}

/** The execution's input, as a trigger in the cloud would send it. */
export function exportInput(
  vcenter: string,
  item: ItemName | { libraryItemId: string },
  { destination }: RunRequest,
  options: RunOptions,
): ExportInput {
  return parseInput({
    vcenter,
    ...item,
    destination,
    overwrite: options.overwrite,
    ...(options.include && { include: options.include }),
    ...(options.exclude && { exclude: options.exclude }),
    ...(options.maxConcurrency !== undefined && { maxConcurrency: options.maxConcurrency }),
    requireChecksum: options.requireChecksum ?? false,
    dryRun: options.dryRun ?? false,
  });
}
