import { BARE, FLOOR, GO, PIPELINE } from "./contestants.ts";
import { type Comparison, type Large, median, type Results, type Summary, summarise } from "./results.ts";
import { PACED_BYTES_PER_SECOND } from "./source.ts";

const MiB = 1024 ** 2;
const GiB = 1024 ** 3;

/** The page docs/performance.md, in full. */
export function performancePage(results: Results): string {
  const { bytes, rounds, comparisons, oneCore } = results;
  return `# Performance

Written by \`npm run bench -- --write\` on ${results.date}. A file goes from nginx to S3, over TLS both ways, everything
on one machine: ${results.machine}. Every contestant does the same work: receive, SHA-1, upload in parts of 8 MiB. They
take turns, and what each uploaded is compared with the file after every run: read back from versitygw, by the CRC-32
of every part where the sink discards the bytes.

## Against what people use instead

${comparisons.map((comparison) => `Target: ${comparison.target}, ${inGiB(bytes)}, ${plural(rounds, "round")}:\n\n${comparisonTable(comparison, bytes)}\n![](${plotOf(comparison)})`).join("\n\n")}

MB are 10^6 bytes. CPU seconds and memory include the start of the process; memory is that of a contestant's largest
process.

### On one core

The contestant's process is kept to one core by taskset; nginx and the sink have both.

${comparisonTable(oneCore, bytes)}
## Targets

"Met here" is no more than it says: by the median of this run, at this size. Memory is to stay below 256 MiB up to
250 GiB; files above ${inGiB(Math.max(...results.sizes.map((size) => size.bytes)))} were not measured, so where it grows with the size that is not shown to hold.

${targetsTable(results)}
${whatBinds(results)}## Several ranges, each connection capped at ${PACED_BYTES_PER_SECOND / 1e6} MB/s

The kernel paces each of nginx's connections (SO_MAX_PACING_RATE): nginx's own limit_rate lets the first second's bytes
of every request pass at once, which is more than a range has. The file grows with the ranges, so that the start of the
process weighs the same in every line.

${rangesTable(results)}
![](performance-ranges.svg)

## By the size of the file

To the first of these targets, one run each. CPU seconds include the start of a process, which is more for Node than for Go.

${sizesTable(results)}
![](performance-memory.svg)

## Requests to S3

${requestsOf(results)}
${results.large ? `\n## Large files\n\n${largeText(results.large)}\n` : ""}
## What these figures do not show

- A network. On loopback there is no latency and no loss; the contestants, nginx and the target share ${results.machine.split(" ")[0]} cores, so a
  contestant that leaves more CPU to the others looks faster for it. In Lambda the network binds first, and CPU seconds
  are what costs.
- A real vCenter. How fast its endpoint is, and whether it serves ranges, only a real one can tell.
- S3 itself. versitygw keeps its files in memory here, and the sink keeps nothing.
- rclone as it comes: its \`Expect: 100-continue\` is off here, because versitygw lets it wait a second for each part.
- MB/s of another day: ${results.load.toFixed(1)} other processes wanted to run when this run began. Where they are more than none, a
  contestant with many threads gets a larger share of the cores than the pipeline, which has two; CPU seconds tell more then. Such load changes within a run, so sections cannot be compared with each
  other, and a ratio is worth no more than the ranges beside it.${
    results.priority === 0
      ? ""
      : `
- An ordinary start: this run had the priority (nice) ${results.priority}, ahead of those other processes.`
  }

## Versions

${results.versions.map((version) => `- ${version}`).join("\n")}
${results.missing.length > 0 ? `\nMissing in this run:\n\n${results.missing.map((line) => `- ${line}`).join("\n")}\n` : ""}`;
}

function comparisonTable({ runs }: Comparison, bytes: number): string {
  const rows = Object.entries(runs).map(([name, of]) => ({ name, ...summarise(of, bytes) }));
  const rateOf = (name: string) => rows.find((row) => row.name === name)?.rate;
  return table(
    ["", "MB/s", "range", "x Go", "x curl to /dev/null", "CPU s/GiB", "peak MiB"],
    rows.map((row) => [
      row.name,
      row.rate.toFixed(0),
      `${row.slowest.toFixed(0)} to ${row.fastest.toFixed(0)}`,
      ratio(row.rate, rateOf(GO)),
      ratio(row.rate, rateOf(FLOOR)),
      row.cpuSecondsPerGiB.toFixed(2),
      row.peakMiB.toFixed(0),
    ]),
  );
}

interface TargetRow {
  what: string;
  value: number;
  bound: "least" | "most";
  wanted: number;
}

/** Each target of the project beside what was measured, at every place where it was, met or not. */
function targetsTable({ comparisons, ranges, sizes, bytes }: Results): string {
  const rows: TargetRow[] = comparisons.flatMap((comparison) => ratiosOf(comparison, bytes));
  for (const { readers, bytes, runs } of ranges) {
    if (readers < 4) continue;
    const value = (summarise(runs, bytes).rate * 1e6) / (readers * PACED_BYTES_PER_SECOND);
    const wanted = readers === 4 ? 0.95 : 0.9;
    rows.push({ what: `MB/s over N x cap, ${readers} ranges`, value, bound: "least", wanted });
  }
  for (const { bytes: size, runs } of sizes) {
    const value = (runs[PIPELINE]?.peakBytes ?? Number.NaN) / MiB;
    rows.push({ what: `Peak memory in MiB, ${inGiB(size)}`, value, bound: "most", wanted: 256 });
  }
  return table(
    ["", "measured", "target", ""],
    rows.map(({ what, value, bound, wanted }) => [
      what,
      value.toFixed(value < 10 ? 2 : 0),
      `at ${bound} ${wanted}`,
      (bound === "least" ? value >= wanted : value <= wanted) ? "met here" : "not met",
    ]),
  );
}

function ratiosOf({ target, runs }: Comparison, bytes: number): TargetRow[] {
  const of = (name: string): Summary | undefined => runs[name] && summarise(runs[name], bytes);
  const ours = of(PIPELINE);
  if (!ours) return [];
  const rows: TargetRow[] = [];
  const add = (
    what: string,
    name: string,
    field: "rate" | "cpuSecondsPerGiB" | "peakMiB",
    bound: TargetRow["bound"],
    wanted: number,
  ) => {
    const other = of(name);
    if (other)
      rows.push({
        what: `${what}, ratio to ${name}, ${target}`,
        value: ours[field] / other[field],
        bound,
        wanted,
      });
  };
  add("MB/s", GO, "rate", "least", 0.95);
  add("CPU seconds", GO, "cpuSecondsPerGiB", "most", 1.05);
  add("Peak memory", GO, "peakMiB", "most", 1.75);
  add("MB/s", "rclone copyurl", "rate", "least", 1.4);
  add("MB/s", "curl, tee, aws s3 cp", "rate", "least", 1.5);
  add("MB/s", "lib-storage", "rate", "least", 1.5);
  return rows;
}

/** How much of the distance to the Go program is Node's, and how much the pipeline's. */
function whatBinds({ comparisons, bytes }: Results): string {
  const runs = comparisons[0]?.runs;
  const [ours, bare, go] = [PIPELINE, BARE, GO].map((name) => runs?.[name] && summarise(runs[name], bytes));
  if (!ours || !bare || !go) return "";
  const toGo = (field: "rate" | "cpuSecondsPerGiB" | "peakMiB") => ratio(bare[field], go[field]);
  return `## What binds

"${BARE}" is the least that the job takes in Node: connections of node:tls straight into the buffers of the parts, the
checksums in a thread, and nothing signed, repeated or checked; only the discarding sink takes that. It has
${toGo("rate")} of the Go program's MB/s, ${toGo("cpuSecondsPerGiB")} of its CPU seconds and ${toGo("peakMiB")} of its memory. So:

- Memory: Node's process and its libraries weigh more than the Go program before the first byte; of the pipeline's
  ${ours.peakMiB.toFixed(0)} MiB here, 40 are the buffers of the parts, which both have.
- CPU: the pipeline takes ${(ours.cpuSecondsPerGiB - bare.cpuSecondsPerGiB).toFixed(2)} s/GiB more than ${BARE}: its start, some 0.2 s a process, the signing of
  every part, the client's other layers for what is not a part, and what it does for safety.
- Both Node programs take 0.2 s/GiB for the CRC-32, five times what Go's takes: Node's zlib computes it without the
  processor's instructions for it.
- To versitygw, which stores and hashes on the same cores, what a contestant takes itself is a smaller share of the time:
  the ratios come nearer to 1 than at the sink, which only discards.

`;
}

function rangesTable({ ranges }: Results): string {
  return table(
    ["ranges", "file", "MB/s", "range", "of N x cap", "CPU s/GiB", "peak MiB"],
    ranges.map(({ readers, bytes, runs }) => {
      const { rate, slowest, fastest, cpuSecondsPerGiB, peakMiB } = summarise(runs, bytes);
      return [
        String(readers),
        inGiB(bytes),
        rate.toFixed(0),
        `${slowest.toFixed(0)} to ${fastest.toFixed(0)}`,
        ratio(rate * 1e6, readers * PACED_BYTES_PER_SECOND),
        cpuSecondsPerGiB.toFixed(2),
        peakMiB.toFixed(0),
      ];
    }),
  );
}

function sizesTable({ sizes }: Results): string {
  const names = [PIPELINE, GO];
  return table(
    ["file", ...names.flatMap((name) => [`${name}: CPU s/GiB`, "peak MiB"])],
    sizes.map(({ bytes, runs }) => [
      inGiB(bytes),
      ...names.flatMap((name) => {
        const run = runs[name];
        if (!run) return ["", ""];
        return [(run.cpuSeconds / (bytes / GiB)).toFixed(2), (run.peakBytes / MiB).toFixed(0)];
      }),
    ]),
  );
}

function requestsOf({ comparisons, bytes }: Results): string {
  const counts = (comparisons[0]?.runs[PIPELINE] ?? []).map(({ requests }) => requests ?? Number.NaN);
  const parts = Math.ceil(bytes / (8 * MiB));
  return `For ${inGiB(bytes)} in ${parts} parts the pipeline made ${median(counts)} requests; the least possible is ${parts + 2}: to create the upload, one for each part, to complete it.`;
}

function largeText({ bytes, run, simulation }: Large): string {
  const { invocations, largestCursorBytes, partBytes } = simulation;
  return `A file of ${inGiB(bytes)} whose checksum was not known up front went to the folder-backed S3 by way of a staging object and a copy in
ranges in ${run.seconds.toFixed(0)} s (${(bytes / 1e6 / run.seconds).toFixed(0)} MB/s), ${(run.peakBytes / MiB).toFixed(0)} MiB at most. What stands in the folder was compared with the file.

A file of ${inGiB(simulation.bytes)}, simulated at 75 MB/s with parts of ${partBytes / MiB} MiB, takes ${invocations} invocations of 15 minutes; the
largest cursor between them has ${largestCursorBytes} bytes.`;
}

function plotOf({ target }: Comparison): string {
  return `performance-${target.replaceAll(" ", "-")}.svg`;
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(" | ")} |\n`;
  return line(head) + line(head.map(() => "---")) + rows.map(line).join("");
}

function ratio(value: number, of: number | undefined): string {
  return of === undefined ? "" : (value / of).toFixed(2);
}

function inGiB(bytes: number): string {
  return bytes < GiB ? `${bytes / MiB} MiB` : `${bytes / GiB} GiB`;
}

function plural(count: number, noun: string): string {
  return count === 1 ? `one ${noun}` : `${count} ${noun}s`;
}
