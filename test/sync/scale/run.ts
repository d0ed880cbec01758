import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import { bundle } from "../../../cdk/functionCode.ts";
import { FunctionProcess, type Measured } from "./functionProcess.ts";
import { scalePage } from "./page.ts";

/**
 * `npm run scale:sync` measures two syncs of a library of 10,000 items that are all in the bucket, invocation by
 * invocation as Lambda would make them, and writes docs/sync-scale.md. What happens page by page is the same in both,
 * and done once. Words: items, files of an item, milliseconds of latency.
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
  const first = stateOf("first");
  const sync = await invoke("ListLibrary", first);
  const recorded = await eachPage({ ...first, sync });
  servers.send("copy");
  await messageOf(servers);
  // Finds no index, and writes it.
  await finish({ ...first, sync, recorded });
  const second = stateOf("second");
  // Finds that nothing has changed.
  await finish({ ...second, sync: await invoke("ListLibrary", second), recorded });
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

function stateOf(run: string) {
  const input = { vcenter: "lab", library: "Golden" };
  return { run, input, sync: null, page: null, results: [], recorded: null, failure: null };
}

/** What is left of the state when every page is recorded. */
async function eachPage(state: object): Promise<unknown> {
  let recorded: { more: boolean } | null = null;
  do {
    const page = await invoke("PlanPage", { ...state, recorded });
    recorded = z
      .looseObject({ more: z.boolean() })
      .parse(await invoke("RecordPage", { ...state, recorded, page }));
  } while (recorded.more);
  return recorded;
}

async function finish(state: object): Promise<void> {
  const report = z
    .looseObject({ counts: z.record(z.string(), z.number()) })
    .parse(await invoke("FinishSync", state));
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
