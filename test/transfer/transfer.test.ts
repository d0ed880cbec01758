import { createHash, randomBytes } from "node:crypto";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { describe, expect, onTestFinished, test } from "vitest";
import { DestinationDenied, DestinationUnavailable, Stopped } from "../../functions/errors.ts";
import { abortUpload } from "../../functions/transfer/s3/cleanUp.ts";
import { invoke } from "./continuations.ts";
import { KEY, openFolder, prepareTransfer, prepareTransferTo, STAGING_KEY } from "./harness.ts";
import { describeTransfers } from "./transfers.ts";

const small = randomBytes(100_000);
const large = randomBytes(12 * 1024 ** 2 + 345);
const sha1 = (bytes: Buffer) => ({
  algorithm: "SHA1",
  value: createHash("sha1").update(bytes).digest("hex"),
});

describeTransfers(openFolder);

async function prepare(...settings: Parameters<typeof prepareTransfer>) {
  const transfer = await prepareTransfer(...settings);
  onTestFinished(() => transfer.close());
  return transfer;
}

describe("nothing is left behind, and nothing is visible,", () => {
  test.each([
    ["a part", 1],
    ["the last part", 3],
  ])("when S3 refuses %s", async (_what, nth) => {
    const transfer = await prepare({ content: large });
    transfer.s3.faults.push({ operation: "UploadPart", nth, status: 403 });
    await expect(transfer.run()).rejects.toThrow(DestinationDenied);
    expect(await transfer.remains()).toEqual({ objects: [], uploads: 0 });
  });
});

describe("a transfer that fails", () => {
  test("ends its download", async () => {
    const transfer = await prepare({ content: large });
    const ended = Promise.withResolvers<void>();
    transfer.source.behaviour.intercept = (request) => {
      request.socket.once("close", () => ended.resolve());
      return false;
    };
    transfer.s3.faults.push({ operation: "CreateMultipartUpload", status: 403 });
    await expect(transfer.run()).rejects.toThrow(DestinationDenied);
    await ended.promise;
  });

  test("while its staging object is copied removes that, however passing the trouble of S3", async () => {
    const transfer = await prepare({ content: large });
    transfer.s3.faults.push({ operation: "UploadPartCopy", times: 99, status: 500 });
    await expect(transfer.run()).rejects.toThrow(DestinationUnavailable);
    expect(await transfer.remains()).toEqual({ objects: [], uploads: 0 });
  });
});

describe("a stop", () => {
  test.each([
    ["a part is sent", large, "UploadPart"],
    ["an upload is completed", large, "CompleteMultipartUpload"],
    ["an object is copied", large, "UploadPartCopy"],
    ["a small file is sent", small, "PutObject"],
  ])("does not wait for S3's answer while %s", async (_what, content, operation) => {
    const stop = new AbortController();
    const transfer = await prepare({ content }, { signal: stop.signal });
    transfer.s3.faults.push({
      operation,
      silent: true,
      meanwhile: async () => stop.abort(new Stopped("stopped by its user")),
    });
    await expect(transfer.run()).rejects.toThrow(Stopped);
    expect(await transfer.remains()).toEqual({ objects: [], uploads: 0 });
  });

  test("just before an upload is opened opens none", async () => {
    const stop = new AbortController();
    const transfer = await prepare({ content: large }, { signal: stop.signal });
    transfer.request.hooks.beforeStep = async () => stop.abort(new Stopped("stopped by its user"));
    await expect(transfer.run()).rejects.toThrow(Stopped);
    expect(transfer.s3.requests).not.toContain("CreateMultipartUpload");
  });
});

describe("publication", () => {
  test("survives passing trouble of S3", async () => {
    const transfer = await prepare({ content: large });
    transfer.s3.faults.push(
      { operation: "UploadPart", times: 1, status: 503 },
      { operation: "UploadPart", times: 1, reset: true },
      { operation: "CompleteMultipartUpload", times: 1, status: 500 },
    );
    await transfer.run();
    expect(await transfer.holds(large)).toBe(true);
  });

  test("gives up by name when S3 keeps failing", async () => {
    const transfer = await prepare({ content: small });
    transfer.s3.faults.push({ operation: "PutObject", times: 99, status: 400 });
    transfer.s3.faults.push({ operation: "CreateMultipartUpload", times: 99, status: 503 });
    await expect(transfer.run()).rejects.toThrow("s3://images/library/item/disk.iso");
  });

  test.each([
    ["several parts", large, "CompleteMultipartUpload", KEY],
    ["a staging object", large, "CompleteMultipartUpload", STAGING_KEY],
    ["one buffer", small, "PutObject", KEY],
  ])("of %s is recognised when S3's reply was lost", async (_what, content, operation, key) => {
    const transfer = await prepare(
      { content },
      { itemChecksum: key === KEY ? sha1(content) : null, verdict: { checksum: sha1(content) } },
    );
    transfer.s3.faults.push({ operation, key, times: 1, loseReply: true });
    const outcome = await transfer.run();
    expect(outcome.checksum).toMatchObject(sha1(content));
    expect(await transfer.holds(content)).toBe(true);
    expect(await transfer.remains()).toEqual({ objects: [KEY], uploads: 0 });
  });
});

test.each([
  ["the final object", KEY],
  ["the staging object", STAGING_KEY],
])("%s is recognised when S3's reply was lost and it knows no more of the upload", async (_what, key) => {
  const itemChecksum = key === KEY ? sha1(large) : null;
  const transfer = await prepare({ content: large }, { itemChecksum });
  const operation = "CompleteMultipartUpload";
  transfer.s3.faults.push(
    { operation, key, loseReply: true },
    { operation, key, nth: 2, times: 9, status: 404, code: "NoSuchUpload" },
  );
  await transfer.run();
  expect(await transfer.holds(large)).toBe(true);
  expect(transfer.source.requests).toHaveLength(1);
  expect(await transfer.remains()).toEqual({ objects: [KEY], uploads: 0 });
});

test("what the same request, made twice, has published meanwhile is recognised when the upload is gone", async () => {
  const transfer = await prepare({ content: large }, { itemChecksum: sha1(large) });
  const { request, s3, uploads } = transfer;
  s3.faults.push({
    operation: "UploadPart",
    async meanwhile() {
      const [upload] = uploads;
      await transfer.run();
      if (upload) await abortUpload(request.s3, upload);
    },
  });
  expect(await transfer.run()).toMatchObject({ size: large.length, checksum: sha1(large) });
  expect(transfer.source.requests).toHaveLength(2);
  expect(await transfer.remains()).toEqual({ objects: [KEY], uploads: 0 });
});

test("a staging object that an earlier invocation has left is replaced", async () => {
  const transfer = await prepare({ content: large });
  const { s3, destination } = transfer.request;
  const left = {
    Bucket: destination.staging.bucket,
    Key: STAGING_KEY,
    Body: "of an invocation that was killed",
  };
  await s3.send(new PutObjectCommand(left));
  await transfer.run();
  expect(await transfer.holds(large)).toBe(true);
  expect(await transfer.remains()).toEqual({ objects: [KEY], uploads: 0 });
});

test("the version that was published is told, when S3's reply was lost and when it is found again", async () => {
  const folder = await openFolder({ versioned: true });
  const transfer = await prepareTransferTo(folder, { content: large }, { itemChecksum: sha1(large) });
  onTestFinished(() => transfer.close());
  const half = await invoke(transfer, null, 1);
  const cursor = half.done ? null : half.cursor;
  folder.s3.faults.push({ operation: "CompleteMultipartUpload", loseReply: true });
  const outcome = await invoke(transfer, cursor, 9);
  const { VersionId } = await transfer.head();
  expect(VersionId).toEqual(expect.any(String));
  expect(outcome).toMatchObject({ done: true, versionId: VersionId });
  expect(await invoke(transfer, cursor, 9)).toMatchObject({ done: true, versionId: VersionId });
});

test("S3 out of reach is named as such", async () => {
  const transfer = await prepare({ content: small });
  await transfer.s3.close();
  await expect(transfer.run()).rejects.toThrow(DestinationUnavailable);
});
