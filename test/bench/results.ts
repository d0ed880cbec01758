import type { Measurement } from "./measure.ts";

/** What `npm run bench` found out. */
export interface Results {
  machine: string;
  versions: string[];
  missing: string[];
  date: string;
  /** Processes that wanted to run in the minute before: those of others. */
  load: number;
  /** As nice has it. */
  priority: number;
  rounds: number;
  /** Of the comparison. */
  bytes: number;
  comparisons: Comparison[];
  oneCore: Comparison;
  ranges: { readers: number; bytes: number; runs: Measurement[] }[];
  /** One run of each contestant for each size of file. */
  sizes: { bytes: number; runs: Record<string, Measurement> }[];
  large?: Large;
}

/** The runs of every contestant against one target. */
export interface Comparison {
  target: string;
  runs: Record<string, Measurement[]>;
}

export interface Large {
  bytes: number;
  run: Measurement;
  simulation: { bytes: number; invocations: number; largestCursorBytes: number; partBytes: number };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2;
}

export interface Summary {
  /** MB/s (10^6 bytes): median, slowest, fastest. */
  rate: number;
  slowest: number;
  fastest: number;
  cpuSecondsPerGiB: number;
  peakMiB: number;
}

export function summarise(runs: readonly Measurement[], bytes: number): Summary {
  const rates = runs.map(({ seconds }) => bytes / 1e6 / seconds);
  return {
    rate: median(rates),
    slowest: Math.min(...rates),
    fastest: Math.max(...rates),
    cpuSecondsPerGiB: median(runs.map(({ cpuSeconds }) => cpuSeconds)) / (bytes / 1024 ** 3),
    peakMiB: Math.max(...runs.map(({ peakBytes }) => peakBytes)) / 1024 ** 2,
  };
}
