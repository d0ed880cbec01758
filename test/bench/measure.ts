import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { type Contestant, environmentOf, FLOOR, type Job } from "./contestants.ts";
import type { Programs } from "./programs.ts";

/** One run of one contestant. */
export interface Measurement {
  seconds: number;
  cpuSeconds: number;
  /** Of its largest process. */
  peakBytes: number;
  /** To the target, where that counts them. */
  requests?: number | undefined;
}

/**
 * Runs a contestant once, and compares what it uploaded with the source's file.
 * @param cores as taskset wants them; absent: all
 * @throws Error when it fails, or when a byte is another
 */
export async function measure(
  { go }: Programs,
  { name, command }: Contestant,
  job: Job,
  cores?: string,
): Promise<Measurement> {
  const report = `${job.bundle}.measured`;
  const words = [...(cores === undefined ? [] : ["taskset", "-c", cores]), go("measure"), report, ...command];
  const child = spawn(words[0] ?? "", words.slice(1), {
    env: environmentOf(job),
    stdio: ["ignore", "ignore", "pipe"],
  });
  let complaint = "";
  child.stderr.on("data", (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(-4000);
  });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`${name} failed:\n${complaint}`);
  const measured = JSON.parse(await readFile(report, "utf8")) as Measurement; // as go/measure writes it
  if (name === FLOOR) return measured;
  return { ...measured, requests: await job.target.check(job.key, job.file) };
}
