import { availableParallelism, cpus } from "node:os";
import { FUNCTION_MEMORY_MIB } from "../../../cdk/sizes.ts";
import { EXEC_ARGV, type Measured } from "./functionProcess.ts";

export interface Scale {
  items: number;
  filesPerItem: number;
  /** Milliseconds. */
  latency: number;
  /** Of the last minute. */
  load: number;
  measured: [string, Measured][];
  /** By the operations of vCenter. */
  calls: Record<string, number>;
}

/** docs/sync-scale.md. */
export function scalePage({ items, filesPerItem, latency, load, measured, calls }: Scale): string {
  const rows = measured.map(([name, each]) => {
    const seconds = [each.longestSeconds, each.totalSeconds].map((value) => value.toFixed(1));
    const payload = (each.largestPayloadBytes / 1024).toFixed(1);
    return `| ${name} | ${each.invocations} | ${seconds.join(" | ")} | ${payload} KiB | ${mebibytes(each)} MiB |`;
  });
  const callRows = Object.entries(calls).map(([operation, count]) => `| ${operation} | ${count} |`);
  const perItem = ((calls["item.get"] ?? 0) + (calls["item-file.list"] ?? 0)) / items;
  const memory = Math.max(...measured.map(([, each]) => mebibytes(each)));
  return `# A sync of ${items.toLocaleString("en")} items

Measured by \`npm run scale:sync\` on ${availableParallelism()} cores of ${cpus()[0]?.model ?? "an unknown processor"}: two syncs of a library of
${items.toLocaleString("en")} OVF items with ${(items * filesPerItem).toLocaleString("en")} files that are all in the bucket. The first finds no index and writes
the whole of it, the second finds that nothing has changed; what is done page by page is the same in both, and measured
once. vCenter and S3 are stand-ins in another process, and every answer of theirs takes ${latency} ms longer. The functions were
invoked one by one as the state machine does, each in a process of its own, bundled as those of a deployment are
(\`node ${EXEC_ARGV.join(" ")}\`); in the cloud each has 15 minutes and ${FUNCTION_MEMORY_MIB} MiB. The load
average was ${load.toFixed(1)}: where it is above the number of cores, other work shared them, and the times are too long.

No process, with everything it has loaded, ever had more than **${memory} MiB** (the kernel's peak resident set). A sync
asks vCenter **${perItem} times** for each item.

| function | invocations | longest, s | all, s | largest payload | most memory |
| --- | --: | --: | --: | --: | --: |
${rows.join("\n")}

A payload may have 256 KiB. It does not grow with the library, but with a page: 100 items.

| operation of vCenter | calls |
| --- | --: |
${callRows.join("\n")}
`;
}

function mebibytes({ peakBytes }: Measured): number {
  return Math.ceil(peakBytes / 1024 / 1024);
}
