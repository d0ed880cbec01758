import { type Command, Option } from "commander";
import { parseSyncInput, type SyncInput, type SyncRequest } from "../functions/sync/input.ts";
import { collect } from "./connectionOptions.ts";
import { upTo } from "./number.ts";

/** The options that say what of a library is mirrored, and how: the same for `sync` and `start-sync`. */
export interface LibraryOptions {
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
}

export function addLibraryOptions(command: Command): Command {
  return command
    .addOption(new Option("--library-id <id>", "the library by its id, in place of LIBRARY"))
    .addOption(
      new Option(
        "--on-delete <mode>",
        "what becomes of items, and of files of an item, that vCenter has no more",
      )
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
    );
}

/**
 * The execution's input, as every trigger sends it.
 * @param library undefined where --library-id names it
 * @throws InvalidInput
 */
export function syncInput(
  vcenter: string,
  library: string | undefined,
  destination: SyncInput["destination"],
  options: LibraryOptions,
): SyncRequest {
  const { libraryId, include, exclude, maxConcurrency } = options;
  return parseSyncInput({
    vcenter,
    ...(library !== undefined && { library }),
    ...(libraryId !== undefined && { libraryId }),
    ...(destination && { destination }),
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
