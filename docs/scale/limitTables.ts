import { TRANSFER_CONCURRENCY } from "../../cdk/sizes.ts";
import { DEFAULT_MAX_TRANSFERS } from "../../functions/config.ts";
import { S3_LIMITS } from "../../functions/transfer/parts.ts";
import { RATES } from "./costTables.ts";
import { count, MB, row, size } from "./format.ts";
import {
  historyDays,
  largestFileBytes,
  largestItemFiles,
  memoryLimits,
  oneContainerBytes,
  oneInvocationBytes,
  pollingHours,
  smallPartsBytes,
  UPLOAD_DAYS,
} from "./limits.ts";
import { QUOTAS } from "./prices.ts";

export function limits(): string[] {
  const ofMemory = memoryLimits.map(
    ({ where, memoryMiB }) =>
      `${size(largestFileBytes(memoryMiB))} in ${where} (${count(memoryMiB)} MiB), ${size(largestFileBytes(memoryMiB, 4))} with four readers`,
  );
  const atRates = (bytes: (rate: number) => number) =>
    RATES.map((rate) => `${size(bytes(rate))} at ${rate / MB} MB/s`).join(", ");
  return [
    "As **files grow**, in this order:",
    "",
    "| what | where it is met | what happens then |",
    "|---|---|---|",
    row([
      "an invocation, where the endpoint serves no ranges",
      atRates(oneInvocationBytes),
      "`FileTooLargeForSource`, or the container route",
    ]),
    row(["parts of 8 MiB", size(smallPartsBytes), "larger parts, and more memory for them"]),
    row([
      `the ${UPLOAD_DAYS} days after which a new bucket ends uploads and staging objects`,
      atRates((rate) => rate * UPLOAD_DAYS * 86_400),
      "the upload is gone and the file starts anew: more readers, or a longer rule",
    ]),
    row(["a container's six days", atRates(oneContainerBytes), "`ContainerFailed`"]),
    row(["memory for part buffers", ofMemory.join("; "), "`FileTooLarge`, with the memory needed"]),
    row([
      "the history of a file's execution",
      `${Math.round(historyDays)} days of receiving; ${Math.round(pollingHours)} hours of polling`,
      "not met: the other limits come first",
    ]),
    row(["S3's largest object", size(S3_LIMITS.largestObjectBytes), "`FileTooLarge`"]),
    "",
    "As an **item's files** become more: their plan and their results share the 256 KiB of the execution's state.",
    `${count(largestItemFiles(20))} files with names of 20 characters, ${count(largestItemFiles(80))} with names of 80; more is \`TooManyFiles\`, and \`include\` parts them.`,
    "Three files are moved at a time, up to 40 (`maxConcurrency`).",
    "",
    "As **items** become more:",
    "",
    "| what | where it is met | what happens then |",
    "|---|---|---|",
    row([
      "TransferFile's reserved concurrency",
      `${TRANSFER_CONCURRENCY} files on their way, over all exports`,
      "a file waits its turn, up to half a day; `transferConcurrency` raises it",
    ]),
    row([
      "open Map Runs of an account",
      `${count(QUOTAS.openMapRuns)} exports at the same time`,
      "Step Functions refuses: fewer at a time",
    ]),
    row([
      "S3's write requests",
      `${count(QUOTAS.s3WritesPerSecond)} a second for a prefix: ${Math.round((QUOTAS.s3WritesPerSecond * 8 * 1024 ** 2) / 1e9)} GB/s in parts of 8 MiB`,
      "not met",
    ]),
    "",
    "As **vCenters** become more, nothing is shared but the above: each has a secret, its log-ins and its own limits. What",
    `a vCenter bears is its own affair and not documented: an export opens at most ${DEFAULT_MAX_TRANSFERS} connections for bytes (\`maxTransfers\`), but`,
    "exports of several items from one vCenter do not know of each other.",
  ];
}
