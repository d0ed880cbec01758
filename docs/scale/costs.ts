import { FUNCTION_MEMORY_MIB, TRANSFER_MEMORY_MIB } from "../../cdk/sizes.ts";
import { PROGRESS_INTERVAL_MILLISECONDS } from "../../functions/export/fileRecord.ts";
import { DEFAULT_PART_BYTES, planParts } from "../../functions/transfer/parts.ts";
import { copyRanges } from "../../functions/transfer/s3/serverSideCopy.ts";
import exportItem from "../../statemachine/export-item.asl.json" with { type: "json" };
import { TB } from "./format.ts";
import { ASSUMED, CPU, PRICES, QUOTAS } from "./prices.ts";

export const GiB = 1024 ** 3;

/** One file that is the only one of its item. */
export interface FileCase {
  bytes: number;
  bytesPerSecond: number;
  memoryMiB?: number;
  /** vCenter tells the checksum only afterwards, so that the bytes are copied once inside S3. */
  staged?: boolean;
  /** Before the file is PREPARED. */
  polls?: number;
}

/** Dollars. */
export interface Cost {
  lambda: number;
  requests: number;
  transitions: number;
  total: number;
}

const fileStates = exportItem.States.ExportFiles.ItemProcessor.States;
/** TransferFile's time-out is a minute less than its state's; 15 s of it are kept for the cursor. */
export const INVOCATION_SECONDS = fileStates.TransferFile.TimeoutSeconds - 60 - 15;

/** Invocations of TransferFile that the receiving takes, at a steady pace. */
export function invocationsFor({ bytes, bytesPerSecond }: FileCase): number {
  return Math.max(1, Math.ceil(bytes / bytesPerSecond / INVOCATION_SECONDS));
}

/** State transitions of an item with one file that is exported. */
export function transitionsFor(file: FileCase): number {
  const ofItem = 8;
  const ofFile = 5 + 3 * (file.polls ?? 0) + 2 * (invocationsFor(file) + copyInvocations(file));
  return ofItem + ofFile;
}

/** Requests to S3, as it charges them: writes are PUT, COPY, POST and LIST, reads are GET and HEAD. */
export function requestsFor(file: FileCase): { writes: number; reads: number } {
  const { bytes, bytesPerSecond, staged } = file;
  const invocations = invocationsFor(file);
  const parts = Math.ceil(bytes / planParts({ total: bytes, sizeHint: bytes }).partSizeBytes);
  const fitsOneBuffer = bytes <= DEFAULT_PART_BYTES;
  const upload = fitsOneBuffer ? 1 : parts + 2;
  const copy = staged && !fitsOneBuffer ? copyRanges(bytes).length + 2 : 0;
  const progress = Math.ceil((bytes / bytesPerSecond) * (1000 / PROGRESS_INTERVAL_MILLISECONDS));
  // The run record's other writes, the manifest, and the listings of the clean-up.
  const others = { writes: 14, reads: 20 };
  return {
    writes: upload + copy + progress + others.writes + 4 * (invocations - 1),
    reads: others.reads + 4 * (invocations - 1),
  };
}

function copyInvocations({ bytes, staged }: FileCase): number {
  return staged && bytes > 5 * GiB ? 1 : 0;
}

export function costOf(file: FileCase): Cost {
  const { bytes, bytesPerSecond, memoryMiB = TRANSFER_MEMORY_MIB, staged } = file;
  const copySeconds = staged ? bytes / ASSUMED.copyBytesPerSecond : 0;
  const transferSeconds = bytes / bytesPerSecond + copySeconds;
  // ResolveItem, PrepareFile, CompleteFile, FinishItem, and a PollFile for each poll.
  const calls = 4 + (file.polls ?? 0);
  const lambda =
    lambdaCost(memoryMiB, transferSeconds) +
    lambdaCost(FUNCTION_MEMORY_MIB, calls * ASSUMED.callSeconds) +
    PRICES.lambdaRequest * (calls + invocationsFor(file));
  const { writes, reads } = requestsFor(file);
  const requests = PRICES.s3Write * writes + PRICES.s3Read * reads;
  const transitions = PRICES.stateTransition * transitionsFor(file);
  return { lambda, requests, transitions, total: lambda + requests + transitions };
}

/** Dollars for a TB of files like this one. */
export function perTB(file: FileCase): Cost {
  const files = TB / file.bytes;
  const { lambda, requests, transitions, total } = costOf(file);
  return {
    lambda: lambda * files,
    requests: requests * files,
    transitions: transitions * files,
    total: total * files,
  };
}

function lambdaCost(memoryMiB: number, seconds: number): number {
  return (memoryMiB / 1024) * seconds * PRICES.lambdaGBSecond;
}

/** CPU seconds per GiB, by what is known of the checksum and whether the file may need a second invocation. */
export function cpuPerGiB(digest: keyof typeof CPU.digest, saved: boolean): number {
  return CPU.moving + (saved ? CPU.savedDigest : CPU.digest)[digest];
}

/** The smallest memory, in steps of 64 MiB, whose share of a processor keeps up with the rate. */
export function cheapestMemoryMiB(bytesPerSecond: number, cpuSecondsPerGiB: number): number {
  const processors = (bytesPerSecond / GiB) * cpuSecondsPerGiB;
  const needed = Math.ceil((processors * QUOTAS.memoryMiBPerProcessor) / 64) * 64;
  return Math.max(ASSUMED.smallestMemoryMiB, needed);
}

/** Dollars for a TB by a container, in files of this size. */
export function containerPerTB(
  bytes: number,
  bytesPerSecond: number,
  task: { cpus: number; memoryMiB: number },
) {
  const seconds = bytes / bytesPerSecond + ASSUMED.taskStartSeconds;
  const hourly = task.cpus * PRICES.fargateCpuHour + (task.memoryMiB / 1024) * PRICES.fargateGBHour;
  return ((TB / bytes) * hourly * seconds) / 3600;
}
