import { type Command, Option } from "commander";
import type { ExportSettings } from "../functions/config.ts";
import { InvalidInput } from "../functions/errors.ts";
import { parseSyncInput, type SyncInput } from "../functions/sync/input.ts";
import { addConnectionOptions, type ConnectionOptions, collect } from "./connectionOptions.ts";
import { upTo } from "./number.ts";
import { parseS3Uri, type S3Location } from "./s3Uri.ts";
import { addStorageOptions, type StorageOptions, storageSettings } from "./storageOptions.ts";

export interface SyncOptions extends ConnectionOptions, StorageOptions {
  libraryId?: string;
  include?: string[];
  exclude?: string[];
  requireChecksum?: boolean;
  onDelete: "keep" | "mark" | "delete";
  includeUncached?: boolean;
  /** False for `--no-index`. */
  index: boolean;
  maxConcurrency?: number;
  dryRun?: boolean;
  json?: boolean;
}

export function addSyncOptions(command: Command): Command {
  addConnectionOptions(command);
  addStorageOptions(command);
  return command
    .addOption(new Option("--library-id <id>", "the library by its id, in place of LIBRARY"))
    .addOption(
      new Option("--on-delete <mode>", "what becomes of items that vCenter has no more")
        .choices(["keep", "mark", "delete"])
        .default("keep"),
    )
    .addOption(
      new Option("--include-uncached", "also items whose content vCenter has to fetch from their publisher"),
    )
    .addOption(new Option("--no-index", "write no index for subscribers"))
    .addOption(
      new Option("--include <glob>", "export only files whose names match (repeatable)").argParser(collect),
    )
    .addOption(
      new Option("--exclude <glob>", "leave out files whose names match (repeatable)").argParser(collect),
    )
    .addOption(new Option("--require-checksum", "fail a file for which vCenter gives no checksum"))
    .addOption(new Option("--dry-run", "show the plan, and export nothing"))
    .addOption(
      new Option("--max-concurrency <n>", "items exported at the same time (default: 4)").argParser(upTo(40)),
    )
    .addOption(
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

/** The execution's input, as a trigger in the cloud would send it. */
export function syncInput(
  vcenter: string,
  { destination, library }: SyncRequestWords,
  options: SyncOptions,
): SyncInput {
  const { libraryId, include, exclude, maxConcurrency } = options;
  return parseSyncInput({
    vcenter,
    ...(library !== undefined && { library }),
    ...(libraryId !== undefined && { libraryId }),
    destination,
    ...(include && { include }),
    ...(exclude && { exclude }),
    ...(maxConcurrency !== undefined && { maxConcurrency }),
    onDelete: options.onDelete,
    includeUncached: options.includeUncached ?? false,
    index: options.index,
    requireChecksum: options.requireChecksum ?? false,
    dryRun: options.dryRun ?? false,
  });
}
