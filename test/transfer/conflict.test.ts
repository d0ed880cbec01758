import { createHash, randomBytes } from "node:crypto";
import { DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { describe, expect, onTestFinished, test } from "vitest";
import { DestinationChanged, DestinationDenied } from "../../functions/errors.ts";
import { KEY, prepareTransfer, type Transfer } from "./harness.ts";

const small = randomBytes(1000);
const large = randomBytes(5 * 1024 ** 2 + 1000);
const upFront = (bytes: Buffer) => ({
  algorithm: "SHA1",
  value: createHash("sha1").update(bytes).digest("hex"),
});

async function prepare(...settings: Parameters<typeof prepareTransfer>) {
  const transfer = await prepareTransfer(...settings);
  onTestFinished(() => transfer.close());
  return transfer;
}

async function putAnother({ request }: Transfer): Promise<string> {
  const { s3, destination } = request;
  const command = new PutObjectCommand({ Bucket: destination.bucket, Key: KEY, Body: "another" });
  return (await s3.send(command)).ETag ?? "";
}

const CONFLICT = { operation: "CompleteMultipartUpload", key: KEY, status: 409 } as const;

describe("a conflict at the publication", () => {
  test.each([
    ["uploaded anew that goes straight to its key", { itemChecksum: upFront(large) }, 2],
    ["copied anew that waits as a staging object, and downloads it once", {}, 1],
  ])("has a file %s", async (_way, changes, downloads) => {
    const transfer = await prepare({ content: large }, changes);
    transfer.s3.faults.push(CONFLICT);
    expect(await transfer.run()).toMatchObject({ done: true, size: large.length });
    expect(transfer.source.requests).toHaveLength(downloads);
    expect(transfer.uploads.filter(({ key }) => key === KEY)).toHaveLength(2);
    expect(await transfer.holds(large)).toBe(true);
    expect(await transfer.remains()).toEqual({ objects: [KEY], uploads: 0 });
  });

  test("of a file in one buffer is answered by the same request again", async () => {
    const transfer = await prepare({ content: small });
    transfer.s3.faults.push({ operation: "PutObject", key: KEY, status: 409 });
    await transfer.run();
    expect(transfer.source.requests).toHaveLength(1);
    expect(await transfer.holds(small)).toBe(true);
  });

  test("leaves the object that may be replaced to be replaced", async () => {
    const transfer = await prepare({ content: large });
    transfer.request.destination.replacesETag = await putAnother(transfer);
    transfer.s3.faults.push(CONFLICT);
    await transfer.run();
    expect(await transfer.holds(large)).toBe(true);
  });

  test("has a file that may replace whatever is there uploaded anew, another writer having won", async () => {
    const transfer = await prepare({ content: large });
    transfer.request.destination.replacesETag = "*";
    transfer.s3.faults.push({ ...CONFLICT, meanwhile: async () => void (await putAnother(transfer)) });
    await transfer.run();
    expect(await transfer.holds(large)).toBe(true);
  });

  test.each([
    ["a new object", null],
    ["the one that was to be replaced", "replaced"],
  ])("is final when another writer has won: %s", async (_what, before) => {
    const transfer = await prepare({ content: large });
    if (before !== null) transfer.request.destination.replacesETag = await putAnother(transfer);
    const Body = "of the other writer";
    const { s3, destination } = transfer.request;
    transfer.s3.faults.push({
      ...CONFLICT,
      meanwhile: async () =>
        void (await s3.send(new PutObjectCommand({ Bucket: destination.bucket, Key: KEY, Body }))),
    });
    await expect(transfer.run()).rejects.toThrow(DestinationChanged);
    expect(transfer.source.requests).toHaveLength(1);
    expect(await transfer.holds(Buffer.from(Body))).toBe(true);
    expect(await transfer.remains()).toEqual({ objects: [KEY], uploads: 0 });
  });

  test("is final when S3 does not say what is there", async () => {
    const transfer = await prepare({ content: large });
    transfer.s3.faults.push(CONFLICT, { operation: "HeadObject", key: KEY, status: 403, times: 100 });
    await expect(transfer.run()).rejects.toThrow(DestinationChanged);
    expect(transfer.source.requests).toHaveLength(1);
  });

  test.each([
    ["uploads", { itemChecksum: upFront(large) }, 4],
    ["copies of one download", {}, 1],
  ])("ends the file by name when it meets four %s", async (_what, changes, downloads) => {
    const transfer = await prepare({ content: large }, changes);
    transfer.s3.faults.push({ ...CONFLICT, times: 100 });
    await expect(transfer.run()).rejects.toThrow(/ConditionalRequestConflict/);
    expect(transfer.source.requests).toHaveLength(downloads);
    expect(transfer.uploads.filter(({ key }) => key === KEY)).toHaveLength(4);
    expect(await transfer.remains()).toEqual({ objects: [], uploads: 0 });
  });
});

const COPY = { operation: "UploadPartCopy", key: KEY } as const;
const GONE = { status: 404, code: "NoSuchUpload" } as const;

describe("a copy whose upload is gone", () => {
  test.each([
    ["while it copies", COPY],
    ["when it is to be published", { operation: "CompleteMultipartUpload", key: KEY } as const],
  ])("%s is made anew of what is staged", async (_when, at) => {
    const transfer = await prepare({ content: large });
    transfer.s3.faults.push({ ...at, ...GONE });
    expect(await transfer.run()).toMatchObject({ done: true, size: large.length });
    expect(transfer.source.requests).toHaveLength(1);
    expect(await transfer.holds(large)).toBe(true);
    expect(await transfer.remains()).toEqual({ objects: [KEY], uploads: 0 });
  });

  test("each time ends the file by name", async () => {
    const transfer = await prepare({ content: large });
    transfer.s3.faults.push({ ...COPY, ...GONE, times: 100 });
    await expect(transfer.run()).rejects.toThrow(/NoSuchUpload/);
    expect(transfer.source.requests).toHaveLength(1);
    expect(transfer.uploads.filter(({ key }) => key === KEY)).toHaveLength(4);
    expect(await transfer.remains()).toEqual({ objects: [], uploads: 0 });
  });

  test("is not made anew of a staging object that is gone as well", async () => {
    const transfer = await prepare({ content: large });
    const { s3, destination } = transfer.request;
    const { bucket: Bucket, key: Key } = destination.staging;
    transfer.s3.faults.push({
      ...COPY,
      ...GONE,
      meanwhile: async () => void (await s3.send(new DeleteObjectCommand({ Bucket, Key }))),
    });
    await expect(transfer.run()).rejects.toThrow(DestinationChanged);
    expect(transfer.uploads.filter(({ key }) => key === KEY)).toHaveLength(1);
    expect(await transfer.remains()).toEqual({ objects: [], uploads: 0 });
  });

  test("is not made anew where another writer has published", async () => {
    const transfer = await prepare({ content: large });
    transfer.s3.faults.push({ ...COPY, ...GONE, meanwhile: async () => void (await putAnother(transfer)) });
    await expect(transfer.run()).rejects.toThrow(DestinationChanged);
    expect(await transfer.holds(Buffer.from("another"))).toBe(true);
  });
});

test("a copy that is refused is not made anew, and leaves nothing", async () => {
  const transfer = await prepare({ content: large });
  transfer.s3.faults.push({ ...COPY, status: 403 });
  await expect(transfer.run()).rejects.toThrow(DestinationDenied);
  expect(transfer.uploads.filter(({ key }) => key === KEY)).toHaveLength(1);
  expect(await transfer.remains()).toEqual({ objects: [], uploads: 0 });
});
