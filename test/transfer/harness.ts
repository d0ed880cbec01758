import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  GetObjectCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  type S3Client,
} from "@aws-sdk/client-s3";
import type { HttpRequest } from "@smithy/types";
import { onTestFinished } from "vitest";
import type {
  DownloadVerdict,
  OpenUpload,
  TransferOutcome,
  TransferRequest,
} from "../../functions/transfer/request.ts";
import { createS3Client } from "../../functions/transfer/s3/uploadClient.ts";
import { httpSource } from "../../functions/transfer/source/httpSource.ts";
import { transferFile } from "../../functions/transfer/transfer.ts";
import { type S3Simulator, startS3 } from "../../simulators/s3/index.ts";
import { fakeClock } from "../clocks.ts";
import { type SourceBehaviour, type SourceServer, startSourceServer } from "./sourceServer.ts";

export const KEY = "library/item/disk.iso";
export const STAGING_KEY = ".library-export/staging/run/0";

/** An empty bucket that a transfer goes to. */
export interface Target {
  /** As `createS3Client` makes it. */
  client: S3Client;
  bucket: string;
  close(): Promise<void>;
}

/** A bucket in a folder of its own. */
export async function openFolder({ versioned = false } = {}): Promise<Target & { s3: S3Simulator }> {
  const directory = await mkdtemp(join(tmpdir(), "library-export-"));
  const bucket = "images";
  const s3 = await startS3({ directory, buckets: [bucket], versioned });
  const client = createS3Client({ endpoint: s3.url, region: s3.region, credentials: s3.credentials });
  return {
    s3,
    client,
    bucket,
    async close() {
      client.destroy();
      await s3.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export interface Transfer {
  source: SourceServer;
  request: TransferRequest;
  /** Every upload that the transfer announced. */
  uploads: OpenUpload[];
  /** S3's names of the operations so far; UploadPart as often as a part was sent. */
  operations: string[];
  run(): Promise<Extract<TransferOutcome, { done: true }>>;
  head(): Promise<HeadObjectCommandOutput>;
  /** Whether the object's bytes are these: a matcher would take seconds for megabytes. */
  holds(content: Buffer): Promise<boolean>;
  /** What is in the bucket and what is still being uploaded: after a failure, nothing. */
  remains(): Promise<{ objects: string[]; uploads: number }>;
  close(): Promise<void>;
}

type Changes = Partial<Omit<TransferRequest, "verdict">> & { verdict?: DownloadVerdict };

/** A source server, a bucket in a folder, and a transfer from one to the other that a test can bend before it runs. */
export async function prepareTransfer(
  source: Partial<SourceBehaviour>,
  changes: Changes = {},
): Promise<Transfer & { s3: S3Simulator }> {
  const folder = await openFolder();
  return { ...(await prepareTransferTo(folder, source, changes)), s3: folder.s3 };
}

/** Parts are not all sent by the SDK, but all by its request handler. */
function recordOperations(client: S3Client, operations: string[]): void {
  client.middlewareStack.add(
    (next, { commandName = "" }) => {
      if (commandName !== "UploadPartCommand") operations.push(commandName.replace(/Command$/, ""));
      return next;
    },
    { step: "initialize" },
  );
  const { requestHandler } = client.config;
  const handle = requestHandler.handle.bind(requestHandler);
  requestHandler.handle = (request: HttpRequest, options) => {
    if (request.query?.partNumber && request.body) operations.push("UploadPart");
    return handle(request, options);
  };
}

/** The same to any bucket, which is closed with the transfer. */
export async function prepareTransferTo(
  target: Target,
  source: Partial<SourceBehaviour>,
  { verdict = {}, ...changes }: Changes = {},
): Promise<Transfer> {
  const { client, bucket } = target;
  const Bucket = bucket;
  const operations: string[] = [];
  recordOperations(client, operations);
  const server = await startSourceServer(source);
  const uploads: OpenUpload[] = [];
  const httpFile = httpSource({ target: server.target, fileName: "disk.iso" });
  const request: TransferRequest = {
    fileName: "disk.iso",
    source: httpFile,
    destination: {
      bucket,
      key: KEY,
      staging: { bucket, key: STAGING_KEY },
      replacesETag: null,
      exportId: randomUUID(),
      metadata: { "source-file": "disk.iso" },
      tags: {},
    },
    itemChecksum: null,
    requireChecksum: false,
    get sizeHint() {
      return server.behaviour.content.length;
    },
    cursor: null,
    verdict: async () => verdict,
    hooks: {
      async uploadOpened(upload) {
        uploads.push(upload);
      },
      progress() {},
    },
    s3: client,
    clock: fakeClock(),
    partSizeBytes: 5 * 1024 ** 2,
    remainingMilliseconds: () => Number.POSITIVE_INFINITY,
    signal: new AbortController().signal,
    ...changes,
  };
  return {
    source: server,
    request,
    uploads,
    operations,
    async run() {
      const outcome = await transferFile(request);
      if (!outcome.done) throw new Error("The transfer wants to go on although it has no deadline");
      return outcome;
    },
    head: () => client.send(new HeadObjectCommand({ Bucket, Key: KEY, ChecksumMode: "ENABLED" })),
    async holds(content) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: KEY }));
      return content.equals((await Body?.transformToByteArray()) ?? Buffer.alloc(0));
    },
    async remains() {
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket }));
      const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket }));
      return { objects: Contents.map(({ Key = "" }) => Key), uploads: Uploads.length };
    },
    async close() {
      await httpFile.close();
      await server.close();
      await target.close();
    },
  };
}

/** `prepareTransferTo` in new buckets. Whatever a test has opened is closed after it. */
export function preparation(
  open: () => Promise<Target>,
): (source: Partial<SourceBehaviour>, changes?: Changes) => Promise<Transfer> {
  return async (source, changes) => {
    const transfer = await prepareTransferTo(await open(), source, changes);
    onTestFinished(() => transfer.close());
    return transfer;
  };
}
