import { type Command, Option } from "commander";
import { collect } from "./connectionOptions.ts";
import { upTo } from "./number.ts";

/** The options that say what of an item is exported, and how: the same for `run` and `start`. */
export interface ItemOptions {
  itemId?: string;
  include?: string[];
  exclude?: string[];
  overwrite: "if-changed" | "never" | "always";
  requireChecksum?: boolean;
  dryRun?: boolean;
  maxConcurrency?: number;
}

export function addItemOptions(command: Command): Command {
  return command
    .addOption(new Option("--item-id <id>", "the item by its id, in place of LIBRARY/ITEM"))
    .addOption(
      new Option("--include <glob>", "export only files whose names match (repeatable)").argParser(collect),
    )
    .addOption(
      new Option("--exclude <glob>", "leave out files whose names match (repeatable)").argParser(collect),
    )
    .addOption(
      new Option("--overwrite <mode>", "what may be replaced at the destination")
        .choices(["if-changed", "never", "always"])
        .default("if-changed"),
    )
    .addOption(new Option("--require-checksum", "fail a file for which vCenter gives no checksum"))
    .addOption(new Option("--dry-run", "show what would be exported, and write nothing"))
    .addOption(
      new Option("--max-concurrency <n>", "files moved at the same time (default: 3)").argParser(upTo(40)),
    );
}
