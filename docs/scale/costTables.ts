import { CONTAINER, TRANSFER_MEMORY_MIB } from "../../cdk/sizes.ts";
import {
  cheapestMemoryMiB,
  containerPerTB,
  cpuPerGiB,
  GiB,
  invocationsFor,
  perTB,
  requestsFor,
  transitionsFor,
} from "./costs.ts";
import { count, dollars, GB, MB, row, size, TB } from "./format.ts";
import { ASSUMED, PRICES, QUOTAS } from "./prices.ts";

const SIZES = [10 * MB, GB, 10 * GB, 100 * GB, TB];
/** Of what a line carries; bytes a second. */
export const RATES = [5 * MB, 25 * MB, 75 * MB];
const EXAMPLE = { bytes: 100 * GB, bytesPerSecond: 75 * MB };

export function costs(): string[] {
  const rows = SIZES.flatMap((bytes) =>
    RATES.map((bytesPerSecond) => {
      const file = { bytes, bytesPerSecond };
      const direct = perTB(file);
      const staged = perTB({ ...file, staged: true });
      return row([
        size(bytes),
        `${bytesPerSecond / MB} MB/s`,
        `${invocationsFor(file)}`,
        dollars(direct.lambda),
        dollars(direct.requests),
        dollars(direct.transitions),
        `**${dollars(direct.total)}**`,
        dollars(staged.total),
      ]);
    }),
  );
  return [
    row(["file", "rate", "invocations", "Lambda", "S3 requests", "transitions", "total", "staged"]),
    row(["---", "--:", "--:", "--:", "--:", "--:", "--:", "--:"]),
    ...rows,
    "",
    `A file of 100 GB at 75 MB/s takes ${count(requestsFor(EXAMPLE).writes)} write requests and ${transitionsFor(EXAMPLE)} transitions.`,
  ];
}

export function network(): string[] {
  const nat = PRICES.natGB * 1000;
  return [
    "| way | dollars a TB | dollars a month |",
    "|---|--:|--:|",
    "| S3 through a gateway endpoint | $0.00 | $0.00 |",
    `| S3 through a NAT gateway | ${dollars(nat)} | ${dollars(PRICES.natHour * 730)} a zone |`,
    `| vCenter over the internet, from private subnets, through a NAT gateway as well | ${dollars(nat)} more | |`,
    `| Secrets Manager through an interface endpoint | $0.00 | ${dollars(PRICES.interfaceEndpointHour * 730)} a zone |`,
    "",
    `A NAT gateway on the way to S3 costs more than everything else together: ${Math.round(nat / perTB(EXAMPLE).total)} times as much as the export of`,
    "files of 100 GB at 75 MB/s. `synth` warns where it sees no gateway endpoint.",
  ];
}

/** What is known of the checksum, and whether a second invocation may follow. */
const DIGESTS = [
  { what: "known, one invocation", digest: "one", saved: false },
  { what: "unknown, one invocation", digest: "four", saved: false },
  { what: "known, several", digest: "one", saved: true },
  { what: "unknown, several", digest: "four", saved: true },
] as const;

export function memory(): string[] {
  const rows = DIGESTS.map(({ what, digest, saved }) => {
    const cpu = cpuPerGiB(digest, saved);
    const cells = [...RATES, 150 * MB].map((bytesPerSecond) => {
      const memoryMiB = cheapestMemoryMiB(bytesPerSecond, cpu);
      const { lambda } = perTB({ bytes: 100 * GB, bytesPerSecond, memoryMiB });
      return `${count(memoryMiB)} MiB, ${dollars(lambda)}`;
    });
    const full = GiB / cpu / MB;
    return row([what, ...cells, `${Math.round(full)} MB/s`]);
  });
  return [
    "Lambda gives processor by memory, and charges for memory and time. A transfer waits for the line, so the cheapest",
    "memory is the smallest whose share of a processor keeps up with it:",
    "",
    "```",
    `memory = max(${ASSUMED.smallestMemoryMiB} MiB, ${QUOTAS.memoryMiBPerProcessor} MiB x rate in GiB/s x CPU seconds for a GiB)`,
    "```",
    "",
    "| checksum | 5 MB/s | 25 MB/s | 75 MB/s | 150 MB/s | one processor moves |",
    "|---|--:|--:|--:|--:|--:|",
    ...rows,
    "",
    "(Memory, and dollars of Lambda for a TB in files of 100 GB.) Where the line is what limits, more memory only costs;",
    `where the processor is, it saves time at the same price. The default of ${count(TRANSFER_MEMORY_MIB)} MiB is one whole processor: right for`,
    "a line of 50 to 100 MB/s where vCenter tells no checksum up front. On a slow line, set `transferMemoryMiB` by the table.",
    "Memory that is not a whole processor's is given in slices: leave some room.",
  ];
}

export function containers(): string[] {
  const rows = [10 * GB, 100 * GB, TB].map((bytes) =>
    row([size(bytes), ...RATES.map((rate) => dollars(containerPerTB(bytes, rate, CONTAINER)))]),
  );
  return [
    `With the container route a file that fits no invocation is moved by a task of ${CONTAINER.cpus} vCPU and ${CONTAINER.memoryMiB / 1024} GB. Between tasks it`,
    "costs nothing; its image of about 80 MB lies in ECR for less than a cent a month. Dollars for a TB:",
    "",
    "| file | 5 MB/s | 25 MB/s | 75 MB/s |",
    "|---|--:|--:|--:|",
    ...rows,
    "",
    "```",
    `hours x (${CONTAINER.cpus} x $${PRICES.fargateCpuHour} + ${CONTAINER.memoryMiB / 1024} x $${PRICES.fargateGBHour}), with ${ASSUMED.taskStartSeconds} s to start`,
    "```",
  ];
}
