import { createHash, randomBytes } from "node:crypto";
import { AbortMultipartUploadCommand, UploadPartCommand } from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";
import {
  ChecksumMismatch,
  CursorInvalid,
  DeadlineTooShort,
  FileTooLargeForSource,
  SourceChanged,
} from "../../functions/errors.ts";
import type { TransferOutcome } from "../../functions/transfer/request.ts";
import { transferFile } from "../../functions/transfer/transfer.ts";
import { fakeClock } from "../clocks.ts";
import { KEY, preparation, type Target, type Transfer } from "./harness.ts";

const MiB = 1024 ** 2;
const content = randomBytes(22 * MiB + 7);
const checksumOf = (algorithm: string) => ({
  algorithm,
  value: createHash(algorithm).update(content).digest("hex"),
});

/**
 * How a transfer goes on in the next invocation, whatever S3 it goes to.
 * @param open opens an empty bucket
 */
export function describeContinuations(open: () => Promise<Target>): void {
  const prepare = preparation(open);

  describe("a transfer over several invocations", () => {
    test.each([
      1, 2, 3,
    ])("of %d parts each goes on by range, and never receives or sends a byte twice", async (parts) => {
      const sha1 = checksumOf("SHA1");
      const transfer = await prepare({ content }, { itemChecksum: sha1, verdict: { checksum: sha1 } });
      const { outcome, invocations } = await invokeUntilDone(transfer, parts);
      expect(outcome).toMatchObject({ size: content.length, checksum: { ...sha1, source: "item" } });
      expect(invocations).toBe(Math.ceil(5 / parts));
      expect(await transfer.holds(content)).toBe(true);
      expect(transfer.source.ranges.map((range) => Number(/\d+/.exec(range ?? "")?.[0]))).toEqual(
        Array.from({ length: invocations }, (_, index) => index * parts * 5 * MiB),
      );
      expect(transfer.operations.filter((name) => name === "UploadPart")).toHaveLength(5);
      expect(await transfer.remains()).toEqual({ objects: [KEY], uploads: 0 });
    });

    test.each([
      "SHA1",
      "MD5",
      "SHA256",
      "SHA512",
    ])("carries the midstate of %s on when nothing is known up front", async (algorithm) => {
      const checksum = checksumOf(algorithm);
      const transfer = await prepare({ content }, { verdict: { checksum } });
      const { outcome } = await invokeUntilDone(transfer, 2);
      expect(outcome).toMatchObject({ checksum: { ...checksum, source: "session" } });
      expect(await transfer.holds(content)).toBe(true);
      expect(await transfer.remains()).toEqual({ objects: [KEY], uploads: 0 });
    });

    test("still refuses a wrong checksum at the end, and leaves nothing", async () => {
      const transfer = await prepare(
        { content },
        { verdict: { checksum: { algorithm: "SHA1", value: "0".repeat(40) } } },
      );
      await expect(invokeUntilDone(transfer, 2)).rejects.toThrow(ChecksumMismatch);
      expect(await transfer.remains()).toEqual({ objects: [], uploads: 0 });
    });

    test.each([
      ["and tells the size", false],
      ["or tell the size", true],
    ])("receives the beginning once more where the source cannot resume %s, but does not send it again", async (_what, chunked) => {
      const transfer = await prepare({ content, ranges: false, chunked });
      const first = await invoke(transfer, null, 3);
      const plan = { partSizeBytes: 5 * MiB, steadyParts: chunked ? 7 : 10_000 };
      // To save midstates costs three times as much, and would be for nothing.
      expect(first).toMatchObject({ done: false, cursor: { parts: 3, plan, midstates: null } });
      const second = first.done ? first : await invoke(transfer, first.cursor, 9);
      expect(second).toMatchObject({ done: true, size: content.length });
      expect(await transfer.holds(content)).toBe(true);
      expect(transfer.operations.filter((name) => name === "UploadPart")).toHaveLength(5);
    });

    test("starts anew when what it receives once more is not what it sent", async () => {
      const transfer = await prepare({ content, ranges: false, etag: undefined });
      const first = await invoke(transfer, null, 3);
      const changed = Buffer.from(content);
      changed.writeUInt8(changed.readUInt8(100) ^ 1, 100);
      transfer.source.behaviour.content = changed;
      const second = first.done ? first : await invoke(transfer, first.cursor, 9);
      expect(second).toMatchObject({ done: true });
      expect(await transfer.holds(changed)).toBe(true);
      expect(await transfer.remains()).toEqual({ objects: [KEY], uploads: 0 });
    });

    test.each([
      ["size", { content: content.subarray(1) }],
      ["ETag", { etag: '"v2"' }],
    ])("never goes on with a source of another %s", async (_what, change) => {
      const transfer = await prepare({ content });
      const first = await invoke(transfer, null, 2);
      Object.assign(transfer.source.behaviour, change);
      await expect(invoke(transfer, first.done ? null : first.cursor, 9)).rejects.toThrow(SourceChanged);
    });

    test("does so as well when a file takes longer than its size had promised", async () => {
      const transfer = await prepare(
        { content: content.subarray(0, 12 * MiB) },
        { verdict: { size: 12 * MiB } },
      );
      transfer.request.remainingMilliseconds = () => 60_000;
      transfer.request.hooks.progress = () => {
        transfer.request.remainingMilliseconds = () => 1000;
      };
      const { request } = transfer;
      const first = await transferFile({
        ...request,
        remainingMilliseconds: () => request.remainingMilliseconds(),
      });
      expect(first.done).toBe(false);
      const second = first.done ? first : await invoke(transfer, first.cursor, 9);
      expect(second).toMatchObject({ done: true, size: 12 * MiB });
      expect(await transfer.holds(content.subarray(0, 12 * MiB))).toBe(true);
      expect(transfer.source.ranges).toEqual(["bytes=0-", "bytes=0-", `bytes=${5 * MiB}-`]);
    });

    test("says early that a source that cannot resume is too slow for the file, with the numbers", async () => {
      const clock = fakeClock();
      const transfer = await prepare({ content, ranges: false }, { clock });
      const startedAt = clock.now();
      transfer.request.remainingMilliseconds = () => 75_000 - (clock.now() - startedAt);
      transfer.request.hooks.progress = () => void clock.sleep(21_000);
      const moving = transferFile(transfer.request);
      await expect(moving).rejects.toThrow(FileTooLargeForSource);
      await expect(moving).rejects.toThrow(/would take 1\.5 min; an invocation has 1\.0 min/);
      expect(transfer.source.requests).toHaveLength(1);
      expect(await transfer.remains()).toEqual({ objects: [], uploads: 0 });
    });
  });

  describe("a state that is run again", () => {
    async function halfWay(
      itemChecksum = checksumOf("SHA1"),
    ): Promise<{ transfer: Transfer; cursor: unknown }> {
      const transfer = await prepare({ content }, { itemChecksum });
      const outcome = await invoke(transfer, null, 2);
      return { transfer, cursor: outcome.done ? undefined : outcome.cursor };
    }

    test("starts anew when its upload was aborted", async () => {
      const { transfer, cursor } = await halfWay();
      const [upload] = transfer.uploads;
      await transfer.request.s3.send(
        new AbortMultipartUploadCommand({
          Bucket: transfer.request.destination.bucket,
          Key: KEY,
          UploadId: upload?.uploadId,
        }),
      );
      expect(await invoke(transfer, cursor, 9)).toMatchObject({ done: true });
      expect(await transfer.holds(content)).toBe(true);
    });

    test("gives up when its upload was aborted each time", async () => {
      let { transfer, cursor } = await halfWay();
      const { bucket: Bucket } = transfer.request.destination;
      for (let time = 1; time <= 3; time += 1) {
        const UploadId = transfer.uploads.at(-1)?.uploadId;
        await transfer.request.s3.send(new AbortMultipartUploadCommand({ Bucket, Key: KEY, UploadId }));
        const outcome = await invoke(transfer, cursor, 2);
        cursor = outcome.done ? undefined : outcome.cursor;
      }
      const UploadId = transfer.uploads.at(-1)?.uploadId;
      await transfer.request.s3.send(new AbortMultipartUploadCommand({ Bucket, Key: KEY, UploadId }));
      await expect(invoke(transfer, cursor, 9)).rejects.toThrow(/was gone .* after 3 times/);
      expect(await transfer.remains()).toEqual({ objects: [], uploads: 0 });
    });

    test("is not disturbed by parts that a killed invocation had sent already", async () => {
      const { transfer, cursor } = await halfWay();
      const [upload] = transfer.uploads;
      await transfer.request.s3.send(
        new UploadPartCommand({
          Bucket: transfer.request.destination.bucket,
          Key: KEY,
          UploadId: upload?.uploadId,
          PartNumber: 3,
          Body: "other",
        }),
      );
      expect(await invoke(transfer, cursor, 9)).toMatchObject({ done: true });
      expect(await transfer.holds(content)).toBe(true);
    });

    test("recognises that it had finished before", async () => {
      const { transfer, cursor } = await halfWay();
      const first = await invoke(transfer, cursor, 9);
      const requests = transfer.source.requests.length;
      expect(await invoke(transfer, cursor, 9)).toMatchObject({
        ...first,
        bytesPerSecond: expect.any(Number),
      });
      expect(transfer.source.requests).toHaveLength(requests);
    });
  });

  describe("a cursor", () => {
    test.each([{}, "cursor", { phase: "receiving" }, 7])("that is %j is refused by name", async (cursor) => {
      const transfer = await prepare({ content });
      await expect(invoke(transfer, cursor, 9)).rejects.toThrow(CursorInvalid);
    });

    test.each([
      ["a number", (cursor: object) => ({ ...cursor, startedAt: 1 })],
      ["a midstate", (cursor: object) => ({ ...cursor, midstates: null })],
      ["its seal", (cursor: object) => ({ ...cursor, seal: "0".repeat(64) })],
    ])("of which %s was changed is refused, and nothing is published", async (_what, change) => {
      const transfer = await prepare({ content });
      const first = await invoke(transfer, null, 2);
      const cursor = change(Object(first.done ? null : first.cursor));
      await expect(invoke(transfer, cursor, 9)).rejects.toThrow(/was changed since it was made/);
      expect((await transfer.remains()).objects).toEqual([]);
    });

    test("is the same in whatever order its fields come", async () => {
      const transfer = await prepare({ content });
      const first = await invoke(transfer, null, 2);
      const cursor = Object.entries(Object(first.done ? null : first.cursor));
      expect(await invoke(transfer, Object.fromEntries(cursor.toReversed()), 9)).toMatchObject({
        done: true,
      });
    });

    test("of another file is refused, naming both", async () => {
      const transfer = await prepare({ content });
      const first = await invoke(transfer, null, 2);
      transfer.request.fileName = "other.iso";
      const second = invoke(transfer, first.done ? null : first.cursor, 9);
      await expect(second).rejects.toThrow(CursorInvalid);
      await expect(second).rejects.toThrow('"disk.iso"');
    });
  });

  test("an invocation with no time for a part is refused by name", async () => {
    const transfer = await prepare({ content }, { remainingMilliseconds: () => 5_000 });
    await expect(transfer.run()).rejects.toThrow(DeadlineTooShort);
    expect(transfer.source.requests).toHaveLength(0);
  });
}

/** One invocation, whose time is over once it has moved so many parts. Its cursor travels as JSON. */
export async function invoke(transfer: Transfer, cursor: unknown, parts: number): Promise<TransferOutcome> {
  let left = parts;
  const { request } = transfer;
  const outcome = await transferFile({
    ...request,
    cursor,
    hooks: {
      ...request.hooks,
      progress(bytes, total) {
        left -= 1;
        request.hooks.progress(bytes, total);
      },
    },
    remainingMilliseconds: () => (left > 0 ? 17_000 : 1000),
  });
  return JSON.parse(JSON.stringify(outcome));
}

/** Invocations of so many parts each, until the file is done. */
async function invokeUntilDone(
  transfer: Transfer,
  parts: number,
): Promise<{ outcome: TransferOutcome; invocations: number }> {
  let cursor: unknown = null;
  for (let invocations = 1; invocations < 20; invocations += 1) {
    const outcome = await invoke(transfer, cursor, parts);
    if (outcome.done) return { outcome, invocations };
    expect(JSON.stringify(outcome.cursor).length).toBeLessThan(4096);
    cursor = outcome.cursor;
  }
  throw new Error("The transfer does not come to an end");
}
