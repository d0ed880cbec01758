import { createHash, randomBytes, randomUUID } from "node:crypto";
import { crc32 } from "node:zlib";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { expect, onTestFinished, test } from "vitest";
import { DestinationDenied } from "../../functions/errors.ts";
import { type CopyingCursor, sealCursor } from "../../functions/transfer/cursor.ts";
import type { S3Simulator } from "../../simulators/s3/index.ts";
import { KEY, prepareTransfer, STAGING_KEY, type Transfer } from "./harness.ts";

/** An invocation finds that the upload of its cursor is gone: it expired, was aborted, or is the object already. */
const content = randomBytes(300_000);
const value = createHash("sha256").update(content).digest("hex");

/** A transfer with the cursor of a copy, and with what it says is staged. */
async function startedCopy(staged: Buffer | undefined): Promise<Transfer & { s3: S3Simulator }> {
  const transfer = await prepareTransfer(
    { content },
    { verdict: { checksum: { algorithm: "SHA256", value } } },
  );
  onTestFinished(() => transfer.close());
  const { request } = transfer;
  const { bucket, exportId } = request.destination;
  const place = { bucket, key: STAGING_KEY };
  if (staged) await request.s3.send(new PutObjectCommand({ Bucket: bucket, Key: STAGING_KEY, Body: staged }));
  const cursor: CopyingCursor = {
    fileName: "disk.iso",
    exportId,
    startedAt: 0,
    startedAnew: 0,
    phase: "copying",
    staged: { ...place, versionId: null, size: content.length, crc32: crc32(content) },
    checksum: { algorithm: "SHA256", value, source: "session" },
    itemChecksumDiffers: false,
    upload: { bucket, key: KEY, uploadId: randomUUID() },
  };
  request.cursor = sealCursor(cursor);
  return transfer;
}

test("what is staged is copied anew", async () => {
  const transfer = await startedCopy(content);
  expect(await transfer.run()).toMatchObject({ size: content.length, checksum: { value } });
  expect(transfer.source.requests).toEqual([]);
  expect(await transfer.holds(content)).toBe(true);
  expect(await transfer.remains()).toEqual({ objects: [KEY], uploads: 0 });
});

test("an object that the copy became is recognised, and not written again", async () => {
  const transfer = await startedCopy(content);
  const { cursor } = transfer.request;
  await transfer.run();
  const { LastModified } = await transfer.head();
  transfer.request.cursor = cursor;
  transfer.operations.length = 0;
  const requests = transfer.source.requests.length;
  expect(await transfer.run()).toMatchObject({
    size: content.length,
    checksum: { value, source: "session" },
  });
  expect(transfer.operations).not.toContain("CreateMultipartUpload");
  expect(transfer.operations).not.toContain("PutObject");
  expect(transfer.source.requests).toHaveLength(requests);
  expect((await transfer.head()).LastModified).toEqual(LastModified);
});

test.each([
  ["nothing", undefined],
  ["something of another size", content.subarray(1)],
])("where %s is staged, the file starts anew", async (_what, staged) => {
  const transfer = await startedCopy(staged);
  await transfer.run();
  expect(transfer.source.requests).toHaveLength(1);
  expect(await transfer.holds(content)).toBe(true);
});

test("what is staged and cannot be looked at is told by name, with its place", async () => {
  const transfer = await startedCopy(content);
  transfer.s3.faults.push({ operation: "HeadObject", key: STAGING_KEY, status: 403 });
  const running = transfer.run();
  await expect(running).rejects.toThrow(DestinationDenied);
  await expect(running).rejects.toThrow(STAGING_KEY);
});
