import { contestants, GO, type Job, PIPELINE } from "./contestants.ts";
import { type Measurement, measure } from "./measure.ts";
import type { Programs } from "./programs.ts";
import type { Comparison, Results } from "./results.ts";
import type { BenchFile, BenchSource } from "./source.ts";
import type { BenchTarget } from "./targets.ts";

/** What every section of the benchmark works with. */
export interface Bench {
  programs: Programs;
  source: BenchSource;
  /** PEM file of the authorities of the source and the target. */
  bundleFor(target: BenchTarget): string;
  /** Tells the user what has been measured. */
  say(line: string): void;
}

/** Every contestant against one target, in turns, so that what else the machine does falls on all of them. */
export async function compare(
  bench: Bench,
  target: BenchTarget,
  file: BenchFile,
  { rounds, names, cores }: { rounds: number; names?: readonly string[]; cores?: string },
): Promise<Comparison> {
  const taking = contestants(bench.programs).filter(
    ({ name, unsigned = false }) => (names?.includes(name) ?? true) && (target.takesUnsigned || !unsigned),
  );
  const runs: Record<string, Measurement[]> = Object.fromEntries(taking.map(({ name }) => [name, []]));
  const failed = new Set<string>();
  for (let round = 1; round <= rounds; round += 1) {
    for (const contestant of taking) {
      const { name } = contestant;
      if (failed.has(name)) continue;
      try {
        const run = await measure(bench.programs, contestant, jobFor(bench, target, file), cores);
        runs[name]?.push(run);
        bench.say(`${target.name}, round ${round}: ${name} ${describe(run, file)}`);
      } catch (error) {
        if (name === PIPELINE) throw error;
        failed.add(name);
        delete runs[name];
        bench.programs.missing.push(`${name} to ${target.name}: ${String(error)}`);
      }
    }
  }
  return { target: target.name, runs };
}

/**
 * The pipeline with several readers, where each connection is capped. The file grows with the readers, so that all
 * runs take the same time and the start of a process weighs the same in each.
 */
export async function measureRanges(
  bench: Bench,
  target: BenchTarget,
  { rounds, bytesPerReader, readers }: { rounds: number; bytesPerReader: number; readers: readonly number[] },
): Promise<Results["ranges"]> {
  const rows: Results["ranges"] = [];
  for (const count of readers) {
    const file = await bench.source.serve(count * bytesPerReader);
    const runs: Measurement[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      const run = await measurePipeline(bench, { ...jobFor(bench, target, file), pacedReaders: count });
      runs.push(run);
      bench.say(`${count} ranges, round ${round}: ${describe(run, file)}`);
    }
    rows.push({ readers: count, bytes: file.bytes, runs });
  }
  return rows;
}

/** The pipeline and the Go program by the size of the file. */
export async function measureSizes(
  bench: Bench,
  target: BenchTarget,
  sizes: readonly number[],
): Promise<Results["sizes"]> {
  const rows: Results["sizes"] = [];
  for (const bytes of sizes) {
    const file = await bench.source.serve(bytes);
    const { runs } = await compare(bench, target, file, { rounds: 1, names: [PIPELINE, GO] });
    const single = Object.entries(runs).flatMap(([name, [run]]) => (run ? [[name, run] as const] : []));
    rows.push({ bytes, runs: Object.fromEntries(single) });
  }
  return rows;
}

export function jobFor(bench: Bench, target: BenchTarget, file: BenchFile): Job {
  return { source: bench.source, file, target, key: "disk.vmdk", bundle: bench.bundleFor(target) };
}

export async function measurePipeline({ programs }: Bench, job: Job): Promise<Measurement> {
  const pipeline = contestants(programs).find(({ name }) => name === PIPELINE);
  if (!pipeline) throw new Error("The pipeline always takes part");
  return await measure(programs, pipeline, job);
}

function describe({ seconds, cpuSeconds, peakBytes }: Measurement, { bytes }: BenchFile): string {
  const rate = (bytes / 1e6 / seconds).toFixed(0);
  return `${rate} MB/s, ${(cpuSeconds / (bytes / 1024 ** 3)).toFixed(2)} CPU s/GiB, ${(peakBytes / 1024 ** 2).toFixed(0)} MiB`;
}
