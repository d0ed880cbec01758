import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetObjectCommand, HeadObjectCommand, type HeadObjectCommandOutput } from "@aws-sdk/client-s3";
import { httpSource } from "../../functions/transfer/httpSource.ts";
import type {
  DownloadVerdict,
  OpenUpload,
  TransferOutcome,
  TransferRequest,
} from "../../functions/transfer/request.ts";
import { transferFile } from "../../functions/transfer/transfer.ts";
import { createS3Client } from "../../functions/transfer/uploadClient.ts";
import { type S3Simulator, startS3 } from "../../simulators/s3/index.ts";
import { fakeClock } from "../clocks.ts";
import { type SourceBehaviour, type SourceServer, startSourceServer } from "./sourceServer.ts";

export const BUCKET = "images";
export const KEY = "library/item/disk.iso";
export const STAGING_KEY = ".library-export/staging/run/0";

export interface Transfer {
  source: SourceServer;
  s3: S3Simulator;
  request: TransferRequest;
  /** Every upload that the transfer announced. */
  uploads: OpenUpload[];
  run(): Promise<Extract<TransferOutcome, { done: true }>>;
  head(): Promise<HeadObjectCommandOutput>;
  /** Whether the object's bytes are these: a matcher would take seconds for megabytes. */
  holds(content: Buffer): Promise<boolean>;
  /** What is in the bucket and what is still being uploaded: after a failure, nothing. */
  remains(): Promise<{ objects: string[]; uploads: number }>;
  close(): Promise<void>;
}

/** A source server, a bucket, and a transfer from one to the other that a test can bend before it runs. */
export async function prepareTransfer(
  source: Partial<SourceBehaviour>,
  {
    verdict = {},
    ...changes
  }: Partial<Omit<TransferRequest, "verdict">> & { verdict?: DownloadVerdict } = {},
): Promise<Transfer> {
  const directory = await mkdtemp(join(tmpdir(), "library-export-"));
  const s3 = await startS3({ directory, buckets: [BUCKET] });
  const server = await startSourceServer(source);
  const client = createS3Client({ endpoint: s3.url, region: s3.region, credentials: s3.credentials });
  const uploads: OpenUpload[] = [];
  const httpFile = httpSource({ target: server.target, fileName: "disk.iso" });
  const request: TransferRequest = {
    fileName: "disk.iso",
    source: httpFile,
    destination: {
      bucket: BUCKET,
      key: KEY,
      staging: { bucket: BUCKET, key: STAGING_KEY },
      replacesETag: null,
      exportId: randomUUID(),
      metadata: { "source-file": "disk.iso" },
      tags: {},
    },
    itemChecksum: null,
    requireChecksum: false,
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
    s3,
    request,
    uploads,
    async run() {
      const outcome = await transferFile(request);
      if (!outcome.done) throw new Error("The transfer wants to go on although it has no deadline");
      return outcome;
    },
    head: () => client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: KEY, ChecksumMode: "ENABLED" })),
    async holds(content) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: KEY }));
      return content.equals((await Body?.transformToByteArray()) ?? Buffer.alloc(0));
    },
    remains: async () => ({ objects: await s3.objects(BUCKET), uploads: s3.openUploads().length }),
    async close() {
      client.destroy();
      await httpFile.close();
      await server.close();
      await s3.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
