import { type ChildProcess, fork, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * `npm run bench [-- --size MIB --rounds N]`: this project's pipeline beside curl to /dev/null, from one HTTPS source,
 * in turns, in the same run. What the pipeline uploaded is read back and compared in every round.
 */
interface Source {
  url: string;
  certificate: string;
  sha256: string;
}

interface Sink {
  url: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  certificate: string;
}

const sizeBytes = option("--size", 1024) * 1024 ** 2;
const rounds = option("--rounds", 5);
const directory = await mkdtemp(join(tmpdir(), "library-export-bench-"));
const sourceProcess = start("source.ts", String(sizeBytes));
const sinkProcess = start("sink.ts", directory);
try {
  const [source, sink] = await Promise.all([ready<Source>(sourceProcess), ready<Sink>(sinkProcess)]);
  const sourceCa = join(directory, "source.pem");
  const sinkCa = join(directory, "sink.pem");
  await Promise.all([writeFile(sourceCa, source.certificate), writeFile(sinkCa, sink.certificate)]);
  const seconds = { pipeline: [] as number[], curl: [] as number[] };
  let peakKiB = 0;

  for (let round = 1; round <= rounds; round += 1) {
    seconds.curl.push(
      (await timed("curl", ["-sS", "-o", "/dev/null", "--cacert", sourceCa, source.url])).seconds,
    );
    const moved = await timed(process.execPath, [fileURLToPath(new URL("pipeline.ts", import.meta.url))], {
      SOURCE_URL: source.url,
      SOURCE_CA: source.certificate,
      SHA256: source.sha256,
      S3_URL: sink.url,
      S3_KEY: "disk.vmdk",
      NODE_EXTRA_CA_CERTS: sinkCa,
      AWS_ACCESS_KEY_ID: sink.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: sink.credentials.secretAccessKey,
    });
    seconds.pipeline.push(moved.seconds);
    peakKiB = Math.max(peakKiB, Number(moved.output));
    if ((await sha256Of(join(directory, "bench", "disk.vmdk"))) !== source.sha256) {
      throw new Error("What was uploaded is not what the source sent");
    }
  }

  console.log(
    `${sizeBytes / 1024 ** 2} MiB, ${rounds} rounds, HTTPS both ways, ${availableParallelism()} x ${cpus()[0]?.model}`,
  );
  console.table({
    "curl to /dev/null": row(seconds.curl),
    "this pipeline, to S3": row(seconds.pipeline),
  });
  console.log(
    `ratio to curl: ${(median(seconds.curl) / median(seconds.pipeline)).toFixed(2)}; peak RSS ${Math.round(peakKiB / 1024)} MiB`,
  );
} finally {
  for (const child of [sourceProcess, sinkProcess]) if (child.connected) child.disconnect();
  await rm(directory, { recursive: true, force: true });
}

function option(name: string, fallback: number): number {
  const index = process.argv.indexOf(name);
  return index === -1 ? fallback : Number(process.argv[index + 1]);
}

function start(script: string, argument: string): ChildProcess {
  return fork(new URL(script, import.meta.url), [argument]);
}

async function ready<Message>(child: ChildProcess): Promise<Message> {
  const [message] = await once(child, "message");
  return message as Message; // what the bench's own scripts send
}

async function timed(
  command: string,
  args: string[],
  environment: Record<string, string> = {},
): Promise<{ seconds: number; output: string }> {
  const startedAt = process.hrtime.bigint();
  const child = spawn(command, args, {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`${command} ended with ${code}`);
  return { seconds: Number(process.hrtime.bigint() - startedAt) / 1e9, output };
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 ** 2 })) hash.update(chunk);
  return hash.digest("hex");
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function row(seconds: number[]): Record<string, string> {
  const rate = (value: number) => (sizeBytes / 1e6 / value).toFixed(0);
  return {
    "MB/s (median)": rate(median(seconds)),
    "MB/s (range)": `${rate(Math.max(...seconds))} to ${rate(Math.min(...seconds))}`,
  };
}
