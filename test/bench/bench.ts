import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { availableParallelism, cpus, getPriority, loadavg, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { GO, PIPELINE } from "./contestants.ts";
import { measureLarge } from "./large.ts";
import { plots } from "./plots.ts";
import { installPrograms } from "./programs.ts";
import { performancePage } from "./report.ts";
import type { Results } from "./results.ts";
import { type Bench, compare, measureRanges, measureSizes } from "./sections.ts";
import { startSource } from "./source.ts";
import { type BenchTarget, openFolder, openSink, openVersitygw } from "./targets.ts";

/**
 * `npm run bench`: this project's pipeline beside what people use instead, in one run and in turns.
 *
 * --quick: one round of small files, in about two minutes; --large: a real 6 GiB and a simulated 1 TiB as well;
 * --rounds N, --size MIB: of the comparison; --write: put the results into docs/.
 */
const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    large: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
    rounds: { type: "string" },
    size: { type: "string" },
  },
});
const MiB = 1024 ** 2;
const { quick } = options;
const rounds = Number(options.rounds ?? (quick ? 1 : 5));
const bytes = Number(options.size ?? (quick ? 256 : 2048)) * MiB;

const directory = await mkdtemp(join(tmpdir(), "library-export-bench-"));
const programs = await installPrograms();
const source = await startSource(programs, directory);
const open: { close(): Promise<void> }[] = [source];
const cleanUp = async () => {
  await Promise.all(open.map((one) => one.close()));
  await rm(directory, { recursive: true, force: true });
};
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => void cleanUp().finally(() => process.exit(1)));
}
try {
  const results = await runAll();
  const page = performancePage(results);
  console.log(`\n${page}`);
  if (options.write) {
    const docs = fileURLToPath(new URL("../../docs/", import.meta.url));
    await writeFile(join(docs, "performance.md"), page);
    for (const [name, svg] of Object.entries(plots(results))) await writeFile(join(docs, name), svg);
  }
} finally {
  await cleanUp();
}

async function runAll(): Promise<Results> {
  const bench: Bench = {
    programs,
    source,
    bundleFor: (target) => join(directory, `${target.name.replaceAll(" ", "-")}.pem`),
    say: (line) => console.error(line),
  };
  const load = loadavg()[0] ?? Number.NaN;
  const sink = await opened(bench, openSink(programs, directory));
  const file = await source.serve(bytes);
  const comparisons = [await compare(bench, sink, file, { rounds })];
  if (programs.versitygw) {
    const gateway = await opened(bench, openVersitygw());
    comparisons.push(await compare(bench, gateway, file, { rounds }));
    await gateway.close();
  }
  const oneCore = await compare(bench, sink, file, {
    rounds: Math.min(rounds, 3),
    names: [PIPELINE, GO],
    cores: "0",
  });
  const ranges = await measureRanges(bench, sink, {
    rounds: Math.min(rounds, 3),
    bytesPerReader: quick ? 128 * MiB : 1024 * MiB,
    readers: quick ? [1, 4] : [1, 2, 4, 8],
  });
  const sizesMiB = quick ? [64, 512] : [1024, 4096, 16_384];
  const sizes = await measureSizes(
    bench,
    sink,
    sizesMiB.map((size) => size * MiB),
  );
  return {
    machine: `${availableParallelism()} x ${cpus()[0]?.model}, ${Math.round(totalmem() / 1024 ** 3)} GiB of memory`,
    versions: programs.versions,
    missing: programs.missing,
    date: new Date().toISOString().slice(0, 10),
    ...{ load, priority: getPriority(), rounds, bytes, comparisons, oneCore, ranges, sizes },
    ...(options.large && { large: await measureLarge(bench, await opened(bench, openFolder(directory))) }),
  };
}

async function opened(bench: Bench, opening: Promise<BenchTarget>): Promise<BenchTarget> {
  const target = await opening;
  open.unshift(target);
  await writeFile(bench.bundleFor(target), `${source.certificate}\n${target.certificate}`);
  return target;
}
