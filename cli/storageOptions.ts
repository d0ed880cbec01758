import { type Command, InvalidArgumentError, Option } from "commander";
import type { ExportSettings, Mount } from "../functions/config.ts";
import { InvalidInput } from "../functions/errors.ts";
import { parseMount } from "../functions/export/mounts.ts";
import { upTo } from "./number.ts";
import { checkBucket, type S3Location } from "./s3Uri.ts";
import { parseSize } from "./size.ts";

/** The options that say how files are moved and stored: the same for `run` and `sync`. */
export interface StorageOptions {
  /** Bytes. */
  partSize?: number;
  readers?: number;
  maxTransfers?: number;
  s3Endpoint?: string;
  stagingBucket?: string;
  storageClass?: string;
  kmsKeyId?: string;
  mount?: Mount[];
}

export function addStorageOptions(command: Command): Command {
  return command
    .addOption(new Option("--part-size <size>", "of the multipart upload, such as 64MiB").argParser(partSize))
    .addOption(
      new Option(
        "--readers <n>",
        "ranges of one file received at the same time, 1 to 16 (default: 1)",
      ).argParser(upTo(16)),
    )
    .addOption(
      new Option(
        "--max-transfers <n>",
        "connections for bytes at the same time, 1 to 64: files times readers (default: 4, or as many as readers)",
      ).argParser(upTo(64)),
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
    );
}

/**
 * What the settings of a deployment say in the cloud.
 * @throws InvalidInput when S3 can have no bucket of the staging bucket's name
 */
export function storageSettings(destination: S3Location, options: StorageOptions): Partial<ExportSettings> {
  if (options.stagingBucket !== undefined) checkBucket(options.stagingBucket);
  return {
    defaultBucket: destination.bucket,
    defaultPrefix: destination.prefix,
    allowedBuckets: [destination.bucket],
    ...(options.stagingBucket !== undefined && { stagingBucket: options.stagingBucket }),
    ...(options.storageClass !== undefined && { storageClass: options.storageClass }),
    ...(options.kmsKeyId !== undefined && { kmsKeyId: options.kmsKeyId }),
    ...(options.mount && { mounts: options.mount }),
    ...(options.partSize !== undefined && { partSizeBytes: options.partSize }),
  };
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
    // Commander would quote the word, and the password with it.
    throw new InvalidInput(
      "--s3-endpoint must not hold credentials: they come from the usual AWS variables and files.",
    );
  }
  return text;
}
