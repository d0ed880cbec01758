import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { bundle } from "../../../cdk/functionCode.ts";
import { FunctionProcess, type Measured } from "./functionProcess.ts";
import { scalePage } from "./page.ts";

/**
 * `npm run scale:sync` measures two syncs of a library of 10,000 items that are all in the bucket, invocation by
 * invocation as Lambda would make them, and writes docs/sync-scale.md. Words: items, files of an item, milliseconds
 * of latency.
 */
const [items = 10_000, filesPerItem = 4, latency = 20] = process.argv.slice(2).map(Number);

const servers = fork(
  fileURLToPath(new URL("servers.ts", import.meta.url)),
  [items, filesPerItem, latency].map(String),
);
const places = await messageOf(servers);
const directory = await mkdtemp(join(tmpdir(), "sync-scale-"));
const functions = new Map<string, FunctionProcess>();
try {
  bundle({ function: "test/sync/scale/function.ts" }, directory);
  // The first finds no index, and writes it; the second finds that nothing has changed.
  for (const run of ["first", "second"]) await synchronize(run);
  servers.send("calls");
  const calls = z.record(z.string(), z.number()).parse(await messageOf(servers));
  const measured: [string, Measured][] = [...functions].map(([name, { measured }]) => [name, measured]);
  const page = scalePage({ items, filesPerItem, latency, load: loadavg()[0] ?? 0, measured, calls });
  // Of other sizes the page does not speak.
  if (process.argv.length === 2) {
    await writeFile(new URL("../../../docs/sync-scale.md", import.meta.url), page);
  }
  console.log(page);
} finally {
  for (const process of functions.values()) process.end();
  servers.kill();
  await rm(directory, { recursive: true });
}

async function synchronize(run: string): Promise<void> {
  const input = { vcenter: "lab", library: "Golden" };
  const state = { run, input, sync: null, page: null, results: [], recorded: null, failure: null };
  const sync = await invoke("ListLibrary", state);
  let recorded: { more: boolean } | null = null;
  do {
    const planned = { ...state, sync, recorded };
    const page = await invoke("PlanPage", planned);
    recorded = z.looseObject({ more: z.boolean() }).parse(await invoke("RecordPage", { ...planned, page }));
  } while (recorded.more);
  const report = z
    .looseObject({ counts: z.record(z.string(), z.number()) })
    .parse(await invoke("FinishSync", { ...state, sync, recorded }));
  if (report.counts.UNCHANGED !== items)
    throw new Error(`not all items are unchanged: ${JSON.stringify(report)}`);
}

async function invoke(name: string, event: unknown): Promise<unknown> {
  let process = functions.get(name);
  if (process === undefined) {
    process = new FunctionProcess(name, join(directory, "function.mjs"), places);
    functions.set(name, process);
  }
  return process.invoke(event);
}

async function messageOf(child: ChildProcess): Promise<unknown> {
  const [message] = await once(child, "message");
  return message;
}
