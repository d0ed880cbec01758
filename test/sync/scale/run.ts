import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { availableParallelism, cpus, loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { parseProfile } from "../../../functions/config.ts";
import { syncHandlers } from "../../../functions/handlers/syncHandlers.ts";
import { createS3Client } from "../../../functions/transfer/s3/uploadClient.ts";
import { localServices } from "../../../local/services.ts";

/**
 * `npm run scale:sync` measures the sync of a library of 10,000 unchanged items, invocation by invocation as Lambda
 * would make them, and writes docs/sync-scale.md. Words: items, files of an item, milliseconds of latency.
 */
const [items = 10_000, filesPerItem = 4, latency = 20] = process.argv.slice(2).map(Number);

const servers = fork(
  fileURLToPath(new URL("servers.ts", import.meta.url)),
  [items, filesPerItem, latency].map(String),
);
const placesSchema = z.object({ vcenter: z.record(z.string(), z.string()), s3: z.string() });
const places = placesSchema.parse(await messageOf(servers));
const s3 = createS3Client({
  endpoint: places.s3,
  region: "us-east-1",
  credentials: { accessKeyId: "none", secretAccessKey: "none" },
});
const services = localServices({
  profiles: [parseProfile("lab", places.vcenter)],
  s3,
  settings: { defaultBucket: "mirror" },
});

interface Measured {
  invocations: number;
  longestSeconds: number;
  totalSeconds: number;
  largestPayloadBytes: number;
}
const measured = new Map<string, Measured>();
let mostMemoryBytes = 0;
const watch = setInterval(noteMemory, 100);

const input = { vcenter: "lab", library: "Golden" };
const state = { run: "scale", input, sync: null, page: null, results: [], recorded: null, failure: null };
const sync = await invoke("ListLibrary", state);
let recorded: { more: boolean } | null = null;
do {
  const planned = { ...state, sync, recorded };
  const page = await invoke("PlanPage", planned);
  recorded = z.looseObject({ more: z.boolean() }).parse(await invoke("RecordPage", { ...planned, page }));
} while (recorded.more);
const report = z
  .looseObject({ counts: z.record(z.string(), z.number()), error: z.unknown() })
  .parse(await invoke("FinishSync", { ...state, sync, recorded }));

clearInterval(watch);
servers.send("calls");
const calls = z.record(z.string(), z.number()).parse(await messageOf(servers));
servers.kill();
s3.destroy();
if (report.counts.UNCHANGED !== items)
  throw new Error(`not all items are unchanged: ${JSON.stringify(report)}`);
const busy = loadavg()[0] ?? 0;
const page = pageOf();
// Of other sizes the page does not speak.
if (process.argv.length === 2) {
  await writeFile(new URL("../../../docs/sync-scale.md", import.meta.url), page);
}
console.log(page);

async function invoke(name: keyof typeof syncHandlers, event: unknown): Promise<unknown> {
  const started = performance.now();
  const output = await syncHandlers[name](JSON.parse(JSON.stringify(event)), services);
  const seconds = (performance.now() - started) / 1000;
  noteMemory();
  const bytes = Math.max(...[event, output].map((value) => Buffer.byteLength(JSON.stringify(value))));
  const before = measured.get(name) ?? {
    invocations: 0,
    longestSeconds: 0,
    totalSeconds: 0,
    largestPayloadBytes: 0,
  };
  measured.set(name, {
    invocations: before.invocations + 1,
    longestSeconds: Math.max(before.longestSeconds, seconds),
    totalSeconds: before.totalSeconds + seconds,
    largestPayloadBytes: Math.max(before.largestPayloadBytes, bytes),
  });
  return output;
}

function noteMemory(): void {
  mostMemoryBytes = Math.max(mostMemoryBytes, process.memoryUsage.rss());
}

function pageOf(): string {
  const rows = [...measured].map(
    ([name, { invocations, longestSeconds, totalSeconds, largestPayloadBytes }]) => {
      const seconds = [longestSeconds, totalSeconds].map((value) => value.toFixed(1));
      return `| ${name} | ${invocations} | ${seconds.join(" | ")} | ${(largestPayloadBytes / 1024).toFixed(1)} KiB |`;
    },
  );
  const callRows = Object.entries(calls).map(([operation, count]) => `| ${operation} | ${count} |`);
  const perItem = ((calls["item.get"] ?? 0) + (calls["item-file.list"] ?? 0)) / items;
  const memory = Math.ceil(mostMemoryBytes / 1024 / 1024);
  return `# A sync of ${items.toLocaleString("en")} items

Measured by \`npm run scale:sync\` on ${availableParallelism()} cores of ${cpus()[0]?.model ?? "an unknown processor"}: a library of
${items.toLocaleString("en")} OVF items with ${(items * filesPerItem).toLocaleString("en")} files of which nothing has changed. vCenter and S3 are stand-ins in
another process, and every answer of theirs takes ${latency} ms longer. The functions were invoked one by one as the state
machine does, all in one process (\`node ${process.execArgv.join(" ")}\`); in the cloud each has 15 minutes and 512 MiB. The load
average was ${busy.toFixed(1)}: where it is above the number of cores, other work shared them, and the times are too long.

The process, with everything it has loaded, never took more than **${memory} MiB**. vCenter was asked **${perItem} times** for
each item.

| function | invocations | longest, s | all, s | largest payload |
| --- | --: | --: | --: | --: |
${rows.join("\n")}

A payload may have 256 KiB. It does not grow with the library, but with a page: 100 items.

| operation of vCenter | calls |
| --- | --: |
${callRows.join("\n")}
`;
}

async function messageOf(child: ChildProcess): Promise<unknown> {
  const [message] = await once(child, "message");
  return message;
}
