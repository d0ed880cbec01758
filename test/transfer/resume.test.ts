import { createHash, randomBytes } from "node:crypto";
import { UploadPartCommand } from "@aws-sdk/client-s3";
import { describe, expect, onTestFinished, test } from "vitest";
import { DestinationDenied, DestinationUnavailable, SourceChanged, Stopped } from "../../functions/errors.ts";
import { describeContinuations, invoke } from "./continuations.ts";
import { KEY, openFolder, prepareTransfer } from "./harness.ts";

describeContinuations(openFolder);

test("a state that is run again finds its upload again after passing trouble of S3", async () => {
  const content = randomBytes(22 * 1024 ** 2 + 7);
  const itemChecksum = { algorithm: "SHA1", value: createHash("sha1").update(content).digest("hex") };
  const transfer = await prepareTransfer({ content }, { itemChecksum });
  onTestFinished(() => transfer.close());
  const outcome = await invoke(transfer, null, 2);
  const cursor = outcome.done ? undefined : outcome.cursor;
  transfer.s3.faults.push({ operation: "UploadPart", times: 99, status: 500 });
  await expect(invoke(transfer, cursor, 9)).rejects.toThrow(DestinationUnavailable);
  expect(transfer.s3.openUploads()).toHaveLength(1);
  transfer.s3.faults.length = 0;
  expect(await invoke(transfer, cursor, 9)).toMatchObject({ done: true });
  expect(transfer.uploads).toHaveLength(1);
  expect(await transfer.holds(content)).toBe(true);
});

test("a state that is run again starts anew when a stored part is not the one that was sent", async () => {
  const content = randomBytes(12 * 1024 ** 2);
  const itemChecksum = { algorithm: "SHA1", value: createHash("sha1").update(content).digest("hex") };
  const transfer = await prepareTransfer({ content }, { itemChecksum });
  onTestFinished(() => transfer.close());
  const outcome = await invoke(transfer, null, 1);
  const { s3, destination } = transfer.request;
  const place = { Bucket: destination.bucket, Key: KEY, UploadId: transfer.uploads[0]?.uploadId };
  await s3.send(new UploadPartCommand({ ...place, PartNumber: 1, Body: "another" }));
  const again = await invoke(transfer, outcome.done ? null : outcome.cursor, 9);
  expect(again).toMatchObject({ done: true, checksum: itemChecksum });
  expect(await transfer.holds(content)).toBe(true);
  expect(transfer.source.ranges.at(-1)).toBe("bytes=0-");
  expect(transfer.uploads).toHaveLength(2);
  expect(await transfer.remains()).toEqual({ objects: [KEY], uploads: 0 });
});

describe("a state that is run again", () => {
  const content = randomBytes(12 * 1024 ** 2);

  async function halfWay(changes: Parameters<typeof prepareTransfer>[1] = {}) {
    const transfer = await prepareTransfer({ content }, changes);
    onTestFinished(() => transfer.close());
    const outcome = await invoke(transfer, null, 1);
    return { transfer, cursor: outcome.done ? null : outcome.cursor };
  }

  test("does not take a refusal to list the parts for an upload that is gone", async () => {
    const { transfer, cursor } = await halfWay();
    transfer.s3.faults.push({ operation: "ListParts", status: 403 });
    await expect(invoke(transfer, cursor, 9)).rejects.toThrow(DestinationDenied);
    expect(transfer.uploads).toHaveLength(1);
    expect(transfer.source.requests).toHaveLength(1);
  });

  test("does not wait for S3's list of the parts when it is stopped", async () => {
    const stop = new AbortController();
    const { transfer, cursor } = await halfWay({ signal: stop.signal });
    transfer.s3.faults.push({
      operation: "ListParts",
      silent: true,
      meanwhile: async () => stop.abort(new Stopped("stopped by its user")),
    });
    await expect(invoke(transfer, cursor, 9)).rejects.toThrow(Stopped);
  });

  test("says of what it has published before whether the item's checksum is another", async () => {
    const { transfer, cursor } = await halfWay();
    expect(await invoke(transfer, cursor, 9)).toMatchObject({ done: true, itemChecksumDiffers: false });
    transfer.request.itemChecksum = { algorithm: "SHA256", value: "0".repeat(64) };
    expect(await invoke(transfer, cursor, 9)).toMatchObject({ done: true, itemChecksumDiffers: true });
    expect(transfer.source.requests).toHaveLength(2);
  });

  test("leaves no upload behind when the source is no longer the one that it was", async () => {
    const { transfer, cursor } = await halfWay();
    transfer.source.behaviour.etag = '"v2"';
    await expect(invoke(transfer, cursor, 9)).rejects.toThrow(SourceChanged);
    expect(await transfer.remains()).toEqual({ objects: [], uploads: 0 });
  });

  test("removes its upload before it starts anew with one reader", async () => {
    const { transfer, cursor } = await halfWay({ readers: 2 });
    transfer.source.behaviour.intercept = (request, response) => {
      const [first = 0, last] = request.headers.range?.match(/\d+/g)?.map(Number) ?? [];
      if (last === undefined) return false;
      response.writeHead(206, { etag: '"v1"', "content-range": `bytes ${first}-${last}/*` });
      response.end(content.subarray(first, last + 1));
      return true;
    };
    const outcome = await invoke(transfer, cursor, 1);
    expect(outcome).toMatchObject({ done: false, cursor: { parts: 1, readers: 1, startedAnew: 0 } });
    expect(await invoke(transfer, outcome.done ? null : outcome.cursor, 9)).toMatchObject({ done: true });
    expect(await transfer.holds(content)).toBe(true);
    expect(await transfer.remains()).toEqual({ objects: [KEY], uploads: 0 });
  });

  test("ends its download when it fails", async () => {
    const { transfer, cursor } = await halfWay();
    const ended = Promise.withResolvers<void>();
    transfer.source.behaviour.intercept = (request, response) => {
      request.socket.once("close", () => ended.resolve());
      const range = `bytes ${5 * 1024 ** 2}-${content.length - 1}/${content.length}`;
      response.writeHead(206, { etag: '"v1"', "content-range": range });
      response.write(content.subarray(5 * 1024 ** 2, 11 * 1024 ** 2));
      return true;
    };
    transfer.s3.faults.push({ operation: "UploadPart", status: 403 });
    await expect(invoke(transfer, cursor, 9)).rejects.toThrow(DestinationDenied);
    await ended.promise;
  });
});
