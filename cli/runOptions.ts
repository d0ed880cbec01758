import { type Command, InvalidArgumentError, Option } from "commander";
import type { ExportSettings, Mount } from "../functions/config.ts";
import { InvalidInput } from "../functions/errors.ts";
import { parseMount } from "../functions/export/mounts.ts";
import { type ExportInput, parseInput } from "../functions/input.ts";
import { addConnectionOptions, type ConnectionOptions, collect } from "./connectionOptions.ts";
import { type ItemName, readingsOf } from "./itemName.ts";
import { upTo } from "./number.ts";
import { checkBucket, parseS3Uri, type S3Location } from "./s3Uri.ts";
import { parseSize } from "./size.ts";

export interface RunOptions extends ConnectionOptions {
  itemId?: string;
  include?: string[];
  exclude?: string[];
  overwrite: "if-changed" | "never" | "always";
  requireChecksum?: boolean;
  dryRun?: boolean;
  partSize?: number;
  maxConcurrency?: number;
  s3Endpoint?: string;
  stagingBucket?: string;
  storageClass?: string;
  kmsKeyId?: string;
  mount?: Mount[];
  json?: boolean;
}

export function addRunOptions(command: Command): Command {
  addConnectionOptions(command);
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
    .addOption(new Option("--part-size <size>", "of the multipart upload, such as 64MiB").argParser(partSize))
    .addOption(
      new Option("--max-concurrency <n>", "files moved at the same time (default: 3)").argParser(upTo(40)),
    )
    .addOption(
      new Option(
        "--readers <n>",
        "ranges of one file received at the same time, 1 to 16 (default: 1)",
      ).argParser(upTo(16)),
    )
    .addOption(
      new Option("--s3-endpoint <url>", "any S3-compatible server, in place of AWS").argParser(httpUrl),
    )
    .addOption(
      new Option(
        "--staging-bucket <bucket>",
        "where bytes wait for their verification, in place of the destination",
      ),
    )
    .addOption(new Option("--storage-class <class>", "of the objects, such as GLACIER_IR"))
    .addOption(new Option("--kms-key-id <key>", "encrypt the objects with this KMS key"))
    .addOption(
      new Option(
        "--mount <uri=directory>",
        "read files from a datastore that is mounted here, such as ds:///vmfs/volumes/UUID=/mnt/ds (repeatable)",
      ).argParser(mount),
    )
    .addOption(
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
  if (options.stagingBucket !== undefined) checkBucket(options.stagingBucket);
  return {
    destination,
    readings: byId ? [] : readingsOf(first),
    settings: {
      defaultBucket: destination.bucket,
      defaultPrefix: destination.prefix,
      allowedBuckets: [destination.bucket],
      ...(options.stagingBucket !== undefined && { stagingBucket: options.stagingBucket }),
      ...(options.storageClass !== undefined && { storageClass: options.storageClass }),
      ...(options.kmsKeyId !== undefined && { kmsKeyId: options.kmsKeyId }),
      ...(options.mount && { mounts: options.mount }),
      ...(options.partSize !== undefined && { partSizeBytes: options.partSize }),
    },
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

function mount(text: string, earlier: Mount[] | undefined): Mount[] {
  try {
    return [...(earlier ?? []), parseMount(text)];
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
}

function partSize(text: string): number {
  const bytes = parseSize(text);
  if (bytes === undefined) throw new InvalidArgumentError("It must be a size such as 64MiB.");
  if (bytes < 5 * 1024 ** 2 || bytes > 5 * 1024 ** 3)
    throw new InvalidArgumentError("S3 takes parts of 5MiB to 5GiB.");
  return bytes;
}

export function httpUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new InvalidArgumentError("It must be a URL such as https://s3.example.com.");
  }
  if (url.username !== "" || url.password !== "") {
    throw new InvalidArgumentError(
      "It must not hold credentials: they come from the usual AWS variables and files.",
    );
  }
  return text;
}
