import { randomBytes } from "node:crypto";
import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { describe, expect, onTestFinished, test } from "vitest";
import { DestinationChanged } from "../../functions/errors.ts";
import { transferFile } from "../../functions/transfer/transfer.ts";
import { KEY, prepareTransfer, STAGING_KEY } from "./harness.ts";

const content = randomBytes(5 * 1024 ** 2 + 1000);

async function prepare() {
  const transfer = await prepareTransfer({ content });
  onTestFinished(() => transfer.close());
  return transfer;
}

describe("a refusal of S3 that may pass", () => {
  test.each([
    "BadDigest",
    "OperationAborted",
  ] as const)("%s is answered by the same part again", async (code) => {
    const transfer = await prepare();
    transfer.s3.faults.push({ operation: "UploadPart", status: code === "BadDigest" ? 400 : 409, code });
    await transfer.run();
    expect(transfer.s3.requests.filter((name) => name === "UploadPart")).toHaveLength(3);
    expect(transfer.source.requests).toHaveLength(1);
    expect(await transfer.holds(content)).toBe(true);
  });
});

describe("an upload that somebody else aborts", () => {
  test.each([
    ["while parts are sent", "UploadPart", STAGING_KEY],
    ["before it is completed", "CompleteMultipartUpload", STAGING_KEY],
  ])("%s ends the file by name, and leaves nothing", async (_when, operation, key) => {
    const transfer = await prepare();
    const { s3, request } = transfer;
    const Bucket = request.destination.bucket;
    s3.faults.push({
      operation,
      key,
      async meanwhile() {
        for (const { key: Key, uploadId: UploadId } of s3.openUploads()) {
          await request.s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
        }
      },
    });
    const running = transfer.run();
    await expect(running).rejects.toThrow(DestinationChanged);
    await expect(running).rejects.toThrow(/NoSuchUpload.*lifecycle rule/);
    expect(await transfer.remains()).toEqual({ objects: [], uploads: 0 });
  });
});

describe("a transfer that was started twice", () => {
  test.each([
    ["copied", "UploadPartCopy"],
    ["published", "CompleteMultipartUpload"],
  ])("succeeds when the other one was faster while the object is being %s", async (_what, operation) => {
    const transfer = await prepare();
    const { s3, request } = transfer;
    s3.faults.push({
      operation,
      key: KEY,
      async meanwhile() {
        // As the function does before it begins: nobody can go on with what an earlier one has opened.
        for (const { key: Key, uploadId: UploadId } of s3.openUploads()) {
          await request.s3.send(
            new AbortMultipartUploadCommand({ Bucket: request.destination.bucket, Key, UploadId }),
          );
        }
        await transferFile(request);
      },
    });
    expect(await transfer.run()).toMatchObject({ done: true, size: content.length });
    expect(await transfer.holds(content)).toBe(true);
    expect(await transfer.remains()).toEqual({ objects: [KEY], uploads: 0 });
  });
});

describe("an object that another transfer of the same file has published", () => {
  test("is recognised, and the upload that came too late does not stay", async () => {
    const transfer = await prepare();
    const { s3, request } = transfer;
    s3.faults.push({
      operation: "CompleteMultipartUpload",
      key: KEY,
      meanwhile: async () => void (await transferFile(request)),
    });
    expect(await transfer.run()).toMatchObject({ done: true, size: content.length });
    expect(await transfer.remains()).toEqual({ objects: [KEY], uploads: 0 });
  });
});

describe("an object that claims to be of this export", () => {
  test.each([
    { what: "is shorter, its CRC-32 not being known", Body: content.subarray(1) },
    { what: "has other bytes", Body: Buffer.alloc(content.length), ChecksumAlgorithm: "CRC32" as const },
  ])("is not taken for the one that was to be published when it $what", async ({ what: _, ...object }) => {
    const transfer = await prepare();
    const { s3, destination } = transfer.request;
    transfer.s3.faults.push({
      operation: "CompleteMultipartUpload",
      key: KEY,
      async meanwhile() {
        await s3.send(
          new PutObjectCommand({
            Bucket: destination.bucket,
            Key: KEY,
            ...object,
            Metadata: { "export-id": destination.exportId },
          }),
        );
      },
    });
    await expect(transfer.run()).rejects.toThrow(DestinationChanged);
    expect(await transfer.remains()).toEqual({ objects: [KEY], uploads: 0 });
  });
});

describe("an upload whose id was lost with S3's answer", () => {
  async function prepareWithAnother() {
    const transfer = await prepare();
    const { s3, destination } = transfer.request;
    const place = { Bucket: destination.bucket, Key: KEY };
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand(place));
    return { transfer, another: { ...place, UploadId } };
  }

  test("is aborted, and one that is being filled at the same key is not", async () => {
    const { transfer, another } = await prepareWithAnother();
    const { s3 } = transfer.request;
    await s3.send(new UploadPartCommand({ ...another, PartNumber: 1, Body: "a part" }));
    transfer.s3.faults.push({ operation: "CreateMultipartUpload", key: KEY, loseReply: true });
    await transfer.run();
    expect(transfer.s3.openUploads()).toMatchObject([{ uploadId: another.UploadId }]);
  });

  test("is aborted, and one at another key is not asked about", async () => {
    const transfer = await prepare();
    const { s3, destination } = transfer.request;
    const place = { Bucket: destination.bucket, Key: `${KEY}.2` };
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand(place));
    transfer.s3.faults.push({ operation: "CreateMultipartUpload", key: KEY, loseReply: true });
    await transfer.run();
    expect(transfer.s3.openUploads()).toMatchObject([{ uploadId: UploadId }]);
    expect(transfer.operations.filter((name) => name === "AbortMultipartUpload")).toHaveLength(1);
  });

  test("is aborted, and one that was opened later is not", async () => {
    const transfer = await prepare();
    const { s3, destination } = transfer.request;
    const place = { Bucket: destination.bucket, Key: KEY };
    let later: string | undefined;
    transfer.s3.faults.push(
      { operation: "CreateMultipartUpload", key: KEY, loseReply: true },
      {
        operation: "ListMultipartUploads",
        async meanwhile() {
          const opened = Date.now();
          while (Date.now() === opened) await new Promise(setImmediate);
          later = (await s3.send(new CreateMultipartUploadCommand(place))).UploadId;
        },
      },
    );
    await transfer.run();
    expect(transfer.s3.openUploads()).toMatchObject([{ uploadId: later }]);
  });

  test("is not looked for when no answer was lost", async () => {
    const { transfer, another } = await prepareWithAnother();
    await transfer.run();
    expect(transfer.s3.requests).not.toContain("ListMultipartUploads");
    expect(transfer.s3.openUploads()).toMatchObject([{ uploadId: another.UploadId }]);
  });
});
