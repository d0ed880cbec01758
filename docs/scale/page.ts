import { TRANSFER_MEMORY_MIB } from "../../cdk/sizes.ts";
import { INVOCATION_SECONDS } from "./costs.ts";
import { containers, costs, memory, network } from "./costTables.ts";
import { count, dollars, MB } from "./format.ts";
import { limits } from "./limitTables.ts";
import { ASSUMED, CPU, PRICES } from "./prices.ts";

/** docs/scale.md: what exporting costs, and what gives way first as there is more to export. */
export function scalePage(): string {
  return `${[
    "# Costs and limits, on paper",
    "",
    "Nothing here was billed: it follows from the code's own plans and from the inputs below. Written by `npm run docs`;",
    "the inputs are in [`docs/scale/prices.ts`](scale/prices.ts), the formulae in [`docs/scale/`](scale). MB, GB and TB",
    "are powers of 1,000.",
    "",
    "## Inputs",
    "",
    ...inputs(),
    "",
    "## Dollars for a TB",
    "",
    `TransferFile with its ${count(TRANSFER_MEMORY_MIB)} MiB, every file the only one of its item, prepared at once. "Staged" adds the copy`,
    "inside S3 of files whose checksum vCenter tells only afterwards.",
    "",
    ...costs(),
    "",
    "```",
    ...FORMULAE,
    "```",
    "",
    "Not counted: what S3 asks for keeping the objects, the line to vCenter, tax, and logs: the state",
    "machine logs every event with its data, roughly 100 kB a file, at $0.50 a GB.",
    `A vCenter's secret is ${dollars(PRICES.secretMonth)} a month. Data that comes into AWS is free.`,
    "",
    "## The way to S3 and to vCenter",
    "",
    ...network(),
    "",
    "## The cheapest memory",
    "",
    ...memory(),
    "",
    "## Containers",
    "",
    ...containers(),
    "",
    "## What gives way first",
    "",
    ...limits(),
  ].join("\n")}\n`;
}

const FORMULAE = [
  "seconds      = bytes / rate",
  `invocations  = seconds / ${INVOCATION_SECONDS}, rounded up`,
  "Lambda       = memory in GiB x seconds x price of a GB-second, and of four short calls (more by one for each poll)",
  "requests     = parts + 2, progress every 5 s, 14 others; four more for each further invocation",
  "transitions  = 13 + 2 x invocations + 3 x polls",
  "staged       = a request for each 512 MiB, and Lambda's waiting for the copies",
];

function inputs(): string[] {
  const perMillion = (price: number) => `${dollars(price * 1e6)} a million`;
  return [
    `List prices of ${PRICES.region}, ${PRICES.readOn}, from AWS's public price pages, without free tiers:`,
    "",
    "| | |",
    "|---|---|",
    `| Lambda, arm64 | $${PRICES.lambdaGBSecond} a GB-second, ${perMillion(PRICES.lambdaRequest)} requests |`,
    `| Step Functions, Standard | ${perMillion(PRICES.stateTransition)} state transitions |`,
    `| S3 Standard | ${perMillion(PRICES.s3Write)} PUT, COPY, POST, LIST; ${perMillion(PRICES.s3Read)} GET, HEAD |`,
    `| NAT gateway | $${PRICES.natGB} a GB, $${PRICES.natHour} an hour |`,
    `| Interface endpoint | ${dollars(PRICES.interfaceEndpointHour)} an hour and zone |`,
    `| Fargate, arm64 | $${PRICES.fargateCpuHour} a vCPU-hour, $${PRICES.fargateGBHour} a GB-hour |`,
    "",
    `CPU seconds for a GiB, measured in ${PRICES.readOn} on one core of an AMD EPYC (\`npm run bench\` measures yours): moving`,
    `${CPU.moving}; the checksum that is known up front ${CPU.digest.one}, or all four ${CPU.digest.four}; where they must be able to go on in another`,
    `invocation ${CPU.savedDigest.one} and ${CPU.savedDigest.four}.`,
    "",
    `Assumed: a short call takes ${ASSUMED.callSeconds} s; copies inside S3 run at ${ASSUMED.copyBytesPerSecond / MB} MB/s.`,
  ];
}
