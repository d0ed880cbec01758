import { CONTAINER, TRANSFER_MEMORY_MIB } from "../../cdk/sizes.ts";
import { TooManyFiles } from "../../functions/errors.ts";
import { checkSize } from "../../functions/export/payload.ts";
import { UPLOADS_IN_FLIGHT } from "../../functions/transfer/move.ts";
import { DEFAULT_PART_BYTES, S3_LIMITS } from "../../functions/transfer/parts.ts";
import type { FilePlan, ItemPlan } from "../../functions/workflow.ts";
import exportItem from "../../statemachine/export-item.asl.json" with { type: "json" };
import { INVOCATION_SECONDS } from "./costs.ts";
import { QUOTAS } from "./prices.ts";

const MiB = 1024 ** 2;
/** A new bucket's rules end an upload or a staging object that is older. */
export const UPLOAD_DAYS = 7;

/** The largest file whose parts are still the smallest that are used. */
export const smallPartsBytes = DEFAULT_PART_BYTES * S3_LIMITS.parts;

/**
 * The largest file whose part buffers fit into a memory: half of it is for them, and there is one for each reader
 * and for each part on its way.
 */
export function largestFileBytes(memoryMiB: number, readers = 1): number {
  const partMiB = Math.floor(memoryMiB / 2 / (UPLOADS_IN_FLIGHT + readers));
  return Math.min(partMiB * MiB * S3_LIMITS.parts, S3_LIMITS.largestObjectBytes);
}

export const memoryLimits = [
  { where: "the default function", memoryMiB: TRANSFER_MEMORY_MIB },
  { where: "the largest function", memoryMiB: QUOTAS.largestMemoryMiB },
  { where: "a container", memoryMiB: CONTAINER.memoryMiB },
];

/** What passes in one invocation: all that an endpoint without ranges can send to a function. */
export function oneInvocationBytes(bytesPerSecond: number): number {
  return bytesPerSecond * INVOCATION_SECONDS;
}

const { TransferInContainer } = exportItem.States.ExportFiles.ItemProcessor.States;

export function oneContainerBytes(bytesPerSecond: number): number {
  return bytesPerSecond * TransferInContainer.TimeoutSeconds;
}

/** Events that a child's history gets for each time round: entering and leaving a state, and a task's three. */
const EVENTS = { task: 5, choice: 2, wait: 2 };

/** Days of receiving before the history of a file's execution is full. */
export const historyDays =
  (QUOTAS.historyEvents / (EVENTS.task + EVENTS.choice)) * (INVOCATION_SECONDS / 86_400);
/** Hours of polling every minute before it is. */
export const pollingHours = QUOTAS.historyEvents / (EVENTS.wait + EVENTS.task + EVENTS.choice) / 60;

/** How many files of names of that length an item may have: their plan and results share the execution's state. */
export function largestItemFiles(nameLength: number): number {
  let fits = 1;
  let tooMany = 10_000;
  while (tooMany - fits > 1) {
    const files = Math.floor((fits + tooMany) / 2);
    if (isSmallEnough(files, nameLength)) fits = files;
    else tooMany = files;
  }
  return fits;
}

function isSmallEnough(count: number, nameLength: number): boolean {
  const files = Array.from({ length: count }, (_, index) => filePlan(index, "n".repeat(nameLength)));
  try {
    checkSize({ item, files, maxConcurrency: 3 });
    return true;
  } catch (error) {
    if (error instanceof TooManyFiles) return false;
    throw error;
  }
}

const item: ItemPlan = {
  vcenter: "lab",
  run: "00000000-0000-0000-0000-000000000000",
  libraryId: "00000000-0000-0000-0000-000000000000",
  libraryName: "Golden images",
  libraryItemId: "00000000-0000-0000-0000-000000000000",
  itemName: "ubuntu-24.04",
  itemType: "ovf",
  contentVersion: "1",
  bucket: "golden-images",
  prefix: "vsphere/",
  manifestKey: "vsphere/Golden images/ubuntu-24.04/.export.json",
  overwrite: "if-changed",
  requireChecksum: false,
  readers: 1,
  containerRoute: false,
  dryRun: false,
};

function filePlan(index: number, name: string): FilePlan {
  return {
    index,
    name,
    key: `vsphere/Golden images/ubuntu-24.04/${name}`,
    action: "EXPORT",
    error: null,
    sizeHint: 1e10,
    fileVersion: "1",
    checksum: null,
    replacesETag: null,
    unchanged: null,
  };
}
