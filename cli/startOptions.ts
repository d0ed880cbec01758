import { type Command, Option } from "commander";
import { InvalidInput } from "../functions/errors.ts";
import { type ExportRequest, parseInput } from "../functions/input.ts";
import { addDeploymentOptions, type DeploymentOptions } from "./deploymentOptions.ts";
import { readingsOf } from "./itemName.ts";
import { addItemOptions, type ItemOptions } from "./itemOptions.ts";
import { parseS3Uri } from "./s3Uri.ts";

/** The options of whatever starts something in a deployment. */
export interface StartingOptions extends DeploymentOptions {
  vcenter: string;
  idempotencyKey?: string;
  watch?: boolean;
  /** Seconds. */
  interval: number;
  json?: boolean;
}

export interface StartOptions extends StartingOptions, ItemOptions {
  library?: string;
  item?: string;
}

export function addStartingOptions(command: Command, word: "export" | "sync"): Command {
  return command
    .addOption(
      new Option(
        "--vcenter <profile>",
        "name of a vCenter profile of the deployment, such as lab",
      ).makeOptionMandatory(),
    )
    .addOption(
      new Option(
        "--idempotency-key <key>",
        `the same key again leads to the same ${word}, and to no second one`,
      ),
    )
    .addOption(new Option("--watch", `show the ${word} until it has ended`));
}

export function addStartOptions(command: Command): Command {
  addItemOptions(addDeploymentOptions(command))
    .addOption(
      new Option("--library <name>", "with --item, in place of LIBRARY/ITEM where names hold slashes"),
    )
    .addOption(new Option("--item <name>", "with --library"));
  return addStartingOptions(command, "export");
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
  if (name !== undefined && !name.includes("/")) {
    throw new InvalidInput(
      `"${name}" is not of the form LIBRARY/ITEM. start-sync starts the sync of a whole library.`,
    );
  }
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
