import { type Command, Option } from "commander";
import { InvalidInput } from "../functions/errors.ts";
import { type ExportRequest, parseInput } from "../functions/input.ts";
import { collect } from "./connectionOptions.ts";
import { addDeploymentOptions, type DeploymentOptions } from "./deploymentOptions.ts";
import { readingsOf } from "./itemName.ts";
import { upTo } from "./number.ts";
import { parseS3Uri } from "./s3Uri.ts";

export interface StartOptions extends DeploymentOptions {
  vcenter: string;
  itemId?: string;
  library?: string;
  item?: string;
  include?: string[];
  exclude?: string[];
  overwrite: "if-changed" | "never" | "always";
  requireChecksum?: boolean;
  dryRun?: boolean;
  maxConcurrency?: number;
  idempotencyKey?: string;
  watch?: boolean;
  /** Seconds. */
  interval: number;
  json?: boolean;
}

export function addStartOptions(command: Command): Command {
  return addDeploymentOptions(command)
    .addOption(
      new Option(
        "--vcenter <profile>",
        "name of a vCenter profile of the deployment, such as lab",
      ).makeOptionMandatory(),
    )
    .addOption(new Option("--item-id <id>", "the item by its id, in place of LIBRARY/ITEM"))
    .addOption(
      new Option("--library <name>", "with --item, in place of LIBRARY/ITEM where names hold slashes"),
    )
    .addOption(new Option("--item <name>", "with --library"))
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
    .addOption(new Option("--dry-run", "find out what would be exported, and write nothing"))
    .addOption(
      new Option("--max-concurrency <n>", "files moved at the same time (default: 3)").argParser(upTo(40)),
    )
    .addOption(
      new Option(
        "--idempotency-key <key>",
        "the same key again leads to the same export, and to no second one",
      ),
    )
    .addOption(new Option("--watch", "show the export until it has ended"));
}

/**
 * The execution's input.
 * @param operands what stands on the command line besides options
 * @throws InvalidInput
 */
export function readStart(operands: string[], options: StartOptions): ExportRequest {
  const destination = operands.filter((word) => word.startsWith("s3://"));
  const names = operands.filter((word) => !word.startsWith("s3://"));
  const item = chooseItem(names, options);
  if (destination.length > 1) throw new InvalidInput("start takes one destination; it was given two.");
  const [uri] = destination;
  const { maxConcurrency } = options;
  return parseInput({
    vcenter: options.vcenter,
    ...item,
    ...(uri !== undefined && { destination: parseS3Uri(uri) }),
    ...(options.include && { include: options.include }),
    ...(options.exclude && { exclude: options.exclude }),
    overwrite: options.overwrite,
    ...(maxConcurrency !== undefined && { maxConcurrency }),
    requireChecksum: options.requireChecksum ?? false,
    dryRun: options.dryRun ?? false,
  });
}

function chooseItem(names: string[], { itemId, library, item }: StartOptions): object {
  const [name, ...others] = names;
  const ways = [itemId, library ?? item, name].filter((way) => way !== undefined);
  if (ways.length !== 1 || others.length > 0) {
    throw new InvalidInput(
      'start takes one item: "LIBRARY/ITEM", or --item-id, or --library with --item; and, besides, s3://bucket/prefix.',
    );
  }
  if (itemId !== undefined) return { libraryItemId: itemId };
  if (name === undefined) return { library, item };
  const [only, ...more] = readingsOf(name);
  if (more.length === 0) return { ...only };
  throw new InvalidInput(
    `The slashes in "${name}" leave open which item is meant: give --library and --item.`,
  );
}
