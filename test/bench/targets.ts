import { type ChildProcess, fork, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createReadStream, existsSync } from "node:fs";
import { open, rm, writeFile } from "node:fs/promises";
import { request as httpsRequest } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { DeleteObjectCommand, GetObjectCommand } from "@aws-sdk/client-s3";
import { makeCertificate } from "../../simulators/vcenter/certificate.ts";
import { REGION, startVersitygw, type Versitygw } from "../peers/versitygw/versitygw.ts";
import type { Programs } from "./programs.ts";
import type { BenchFile } from "./source.ts";

/** Where files go in the benchmark. */
export interface BenchTarget {
  name: string;
  url: string;
  bucket: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  /** Whether it takes requests without a signature. */
  takesUnsigned: boolean;
  /** PEM. */
  certificate: string;
  /**
   * Compares what came with the file that was served, and forgets it.
   * @returns the number of requests, where the target counts them
   * @throws Error when a byte is another
   */
  check(key: string, file: BenchFile): Promise<number | undefined>;
  close(): Promise<void>;
}

/**
 * versitygw over TLS, its folder in memory where there is such a file system, so that the disk is not what is
 * measured. Objects are read back and hashed.
 */
export async function openVersitygw(): Promise<BenchTarget> {
  const gateway = await startIn(existsSync("/dev/shm") ? "/dev/shm" : tmpdir());
  const bucket = await gateway.newBucket();
  const client = gateway.client();
  const { url, credentials, certificate } = gateway;
  let closed = false;
  return {
    ...{ name: "versitygw", url, bucket, region: REGION, credentials, certificate, takesUnsigned: false },
    async check(key, { sha1 }) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      const received = Body ? await sha1Of(Body as AsyncIterable<Buffer>) : undefined; // in Node it is a Readable
      if (received !== sha1) throw new Error(`versitygw has other bytes under ${key} than were sent`);
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
      return undefined;
    },
    async close() {
      client.destroy();
      if (!closed) await gateway.close();
      closed = true;
    },
  };
}

/** It makes its folder where the operating system wants temporary files. */
async function startIn(folder: string): Promise<Versitygw> {
  const { TMPDIR } = process.env;
  process.env.TMPDIR = folder;
  try {
    return await startVersitygw("https");
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  }
}

/**
 * The folder-backed S3 over TLS, for objects that are copied in ranges, which versitygw cannot verify. Objects are
 * hashed in the folder.
 */
export async function openFolder(directory: string): Promise<BenchTarget> {
  const child = fork(new URL("folderS3.ts", import.meta.url), [directory]);
  const [at] = (await once(child, "message")) as [
    Pick<BenchTarget, "url" | "region" | "credentials" | "certificate">,
  ]; // what folderS3.ts sends
  return {
    ...{ ...at, name: "folder-backed S3", bucket: "bench", takesUnsigned: false },
    async check(key, { sha1 }) {
      const path = join(directory, "bench", key);
      if ((await sha1Of(createReadStream(path))) !== sha1) throw new Error(`${path} is not what was sent`);
      await rm(path);
      return undefined;
    },
    async close() {
      const exited = once(child, "exit");
      child.disconnect();
      await exited;
    },
  };
}

async function sha1Of(chunks: AsyncIterable<Buffer>): Promise<string> {
  const hash = createHash("sha1");
  for await (const chunk of chunks) hash.update(chunk);
  return hash.digest("hex");
}

interface SinkReport {
  requests: number;
  objects: Record<string, { complete: boolean; parts: { number: number; bytes: number; crc32: number }[] }>;
}

/** The sink of `go/sink` over TLS: bytes are discarded, their CRC-32s are compared with those of the source's file. */
export async function openSink({ go }: Programs, directory: string): Promise<BenchTarget> {
  const { key, certificate } = await makeCertificate("sink");
  const files = [join(directory, "sink.pem"), join(directory, "sink.key")] as const;
  await Promise.all([writeFile(files[0], certificate), writeFile(files[1], key)]);
  const child = spawn(go("sink"), files, { stdio: ["pipe", "pipe", "inherit"] });
  const [line] = (await once(child.stdout, "data")) as [Buffer]; // a stream's data
  const url = line.toString().trim();
  return {
    ...{ name: "discarding sink", url, bucket: "bench", region: REGION, certificate, takesUnsigned: true },
    credentials: {
      accessKeyId: randomBytes(8).toString("hex"),
      secretAccessKey: randomBytes(16).toString("hex"),
    },
    async check(key, file) {
      const { objects, requests } = await report(url, certificate);
      const object = objects[`/bench/${key}`];
      if (!object?.complete) throw new Error(`The sink got no whole object ${key}`);
      await compare(object.parts, file);
      return requests;
    },
    async close() {
      await end(child);
    },
  };
}

async function compare(parts: { bytes: number; crc32: number }[], file: BenchFile): Promise<void> {
  await using handle = await open(file.path);
  let offset = 0;
  for (const part of parts) {
    const bytes = Buffer.alloc(part.bytes);
    await handle.read(bytes, 0, part.bytes, offset);
    if (crc32(bytes) !== part.crc32) throw new Error(`The sink got other bytes at ${offset} than were sent`);
    offset += part.bytes;
  }
  if (offset !== file.bytes) throw new Error(`The sink got ${offset} bytes of ${file.bytes}`);
}

async function report(url: string, ca: string): Promise<SinkReport> {
  const request = httpsRequest(url, { ca, agent: false }).end();
  const [response] = (await once(request, "response")) as [AsyncIterable<Buffer>]; // an IncomingMessage
  let text = "";
  for await (const chunk of response) text += chunk.toString();
  return JSON.parse(text) as SinkReport; // as go/sink writes it
}

async function end(child: ChildProcess): Promise<void> {
  const exited = once(child, "exit");
  child.stdin?.end();
  await exited;
}
