import { createHash, randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";
import { describe, expect, test } from "vitest";
import {
  ChecksumMismatch,
  DestinationChanged,
  DestinationDenied,
  DownloadSessionLost,
  FileTooLarge,
  SizeMismatch,
  Stopped,
  TransferInterrupted,
} from "../../functions/errors.ts";
import { crc32ToBase64 } from "../../functions/transfer/crc32.ts";
import { type Difference, expectDifferences } from "../differences.ts";
import { KEY, preparation, type Target, type Transfer } from "./harness.ts";

const MiB = 1024 ** 2;
const small = randomBytes(100_000);
const large = randomBytes(12 * MiB + 345);
const hex = (algorithm: string, bytes: Buffer) => createHash(algorithm).update(bytes).digest("hex");
const sha1 = (bytes: Buffer) => ({ algorithm: "SHA1", value: hex("sha1", bytes) });
const sha256 = (bytes: Buffer) => ({ algorithm: "SHA256", value: hex("sha256", bytes) });

/**
 * What a transfer promises, whatever S3 it goes to.
 * @param open opens an empty bucket
 * @param differences of that S3 from AWS's
 */
export function describeTransfers(
  open: () => Promise<Target>,
  differences: Record<string, Difference> = {},
): void {
  expectDifferences(differences);
  const prepare = preparation(open);

  describe("a file that fits into one buffer", () => {
    test.each([
      0,
      1,
      100_000,
      5 * MiB,
    ])("of %d bytes is sent by one PutObject, carrying the session's checksum", async (size) => {
      const content = large.subarray(0, size);
      const transfer = await prepare({ content }, { verdict: { checksum: sha1(content), size } });
      const outcome = await transfer.run();
      expect(outcome).toMatchObject({ size, checksum: { ...sha1(content), source: "session" } });
      expect(await transfer.holds(content)).toBe(true);
      expect(transfer.operations).not.toContain("CreateMultipartUpload");
      expect((await transfer.head()).Metadata).toEqual({
        "source-file": "disk.iso",
        "checksum-algorithm": "SHA1",
        checksum: hex("sha1", content),
        "checksum-source": "session",
        "export-id": transfer.request.destination.exportId,
      });
    });

    test("tells that all of it was received", async () => {
      const transfer = await prepare({ content: small });
      const seen: [number, number | undefined][] = [];
      transfer.request.hooks.progress = (bytes, total) => seen.push([bytes, total]);
      await transfer.run();
      expect(seen).toEqual([[small.length, small.length]]);
    });

    test("passes once more when vCenter's last word is in another algorithm", async () => {
      const transfer = await prepare(
        { content: small },
        { itemChecksum: sha1(small), verdict: { checksum: sha256(small) } },
      );
      expect((await transfer.run()).checksum).toEqual({ ...sha256(small), source: "session" });
      expect(transfer.operations.filter((name) => name === "PutObject")).toHaveLength(1);
    });

    test("is not sent at all when its checksum is wrong", async () => {
      const transfer = await prepare({ content: small }, { verdict: { checksum: sha1(large) } });
      await expect(transfer.run()).rejects.toThrow(ChecksumMismatch);
      expect(transfer.operations).not.toContain("PutObject");
    });

    test("may come without an announced length", async () => {
      const transfer = await prepare({ content: small, chunked: true, ranges: false });
      expect((await transfer.run()).checksum).toEqual({ ...sha256(small), source: "computed" });
      expect(await transfer.holds(small)).toBe(true);
    });
  });

  describe("a file of several parts", () => {
    test("whose checksum is known up front goes straight to its key", async () => {
      const transfer = await prepare(
        { content: large },
        { itemChecksum: sha1(large), verdict: { checksum: sha1(large) } },
      );
      const outcome = await transfer.run();
      expect(outcome).toMatchObject({
        size: large.length,
        checksum: { ...sha1(large), source: "item" },
        itemChecksumDiffers: false,
      });
      expect(await transfer.holds(large)).toBe(true);
      expect(transfer.uploads.map(({ key }) => key)).toEqual([KEY]);
      expect(transfer.operations).not.toContain("AbortMultipartUpload");
      const head = await transfer.head();
      expect(head.ChecksumCRC32).toBe(crc32ToBase64(crc32(large)));
      expect(head.Metadata).toMatchObject({ checksum: hex("sha1", large), "checksum-source": "item" });
    });

    test.each([
      "SHA1",
      "MD5",
      "SHA256",
      "SHA512",
    ])("whose %s vCenter tells only afterwards goes through staging, which does not stay", async (algorithm) => {
      const checksum = { algorithm, value: hex(algorithm, large) };
      const transfer = await prepare({ content: large }, { verdict: { checksum } });
      expect((await transfer.run()).checksum).toEqual({ ...checksum, source: "session" });
      expect(await transfer.holds(large)).toBe(true);
      expect((await transfer.head()).Metadata).toMatchObject({
        checksum: checksum.value,
        "checksum-algorithm": algorithm,
      });
      expect(await transfer.remains()).toEqual({ objects: [KEY], uploads: 0 });
    });

    test.each([
      10 * MiB - 1,
      10 * MiB,
      10 * MiB + 1,
    ])("of %d bytes is cut rightly, with a length and without", async (size) => {
      const content = large.subarray(0, size);
      for (const chunked of [false, true]) {
        const transfer = await prepare({ content, chunked, ranges: !chunked });
        expect((await transfer.run()).size).toBe(size);
        expect(await transfer.holds(content)).toBe(true);
      }
    });

    test("passes once more when vCenter's last word is in another algorithm", async () => {
      const transfer = await prepare(
        { content: large },
        { itemChecksum: sha1(large), verdict: { checksum: sha256(large) } },
      );
      expect((await transfer.run()).checksum).toEqual({ ...sha256(large), source: "session" });
      expect(transfer.source.requests).toHaveLength(2);
      expect(await transfer.remains()).toEqual({ objects: [KEY], uploads: 0 });
    });

    test("that is a disk, re-encoded on its way, ends up with the checksum of what was sent", async () => {
      const transfer = await prepare(
        { content: large },
        { fileName: "disk-0.vmdk", itemChecksum: sha1(small), verdict: { checksum: sha1(large) } },
      );
      expect(await transfer.run()).toMatchObject({ checksum: sha1(large), itemChecksumDiffers: true });
      expect((await transfer.head()).Metadata).toMatchObject({
        checksum: hex("sha1", large),
        "checksum-source": "session",
      });
      expect(await transfer.remains()).toEqual({ objects: [KEY], uploads: 0 });
    });

    test("starts anew when its connection breaks and the server cannot resume", async () => {
      const transfer = await prepare({ content: large, ranges: false, breakAt: [7 * MiB] });
      expect((await transfer.run()).size).toBe(large.length);
      expect(await transfer.holds(large)).toBe(true);
      expect(transfer.source.requests).toHaveLength(2);
      expect(await transfer.remains()).toEqual({ objects: [KEY], uploads: 0 });
    });

    test("is resumed where the server can, without sending a part twice", async () => {
      const transfer = await prepare({ content: large, breakAt: [7 * MiB] });
      await transfer.run();
      expect(await transfer.holds(large)).toBe(true);
      expect(transfer.source.ranges).toEqual(["bytes=0-", `bytes=${7 * MiB}-`]);
      expect(transfer.operations.filter((name) => name === "UploadPart")).toHaveLength(3);
    });

    test("tells how far it is, up to the last byte", async () => {
      const transfer = await prepare({ content: large });
      const seen: [number, number | undefined][] = [];
      transfer.request.hooks.progress = (bytes, total) => seen.push([bytes, total]);
      await transfer.run();
      expect(seen).toEqual([
        [5 * MiB, large.length],
        [10 * MiB, large.length],
        [large.length, large.length],
      ]);
    });

    test("carries tags and content type on the final object", async () => {
      const transfer = await prepare({ content: large });
      transfer.request.destination.tags = { team: "golden images", owner: "a+b=c" };
      await transfer.run();
      expect(await transfer.head()).toMatchObject({
        ContentType: "application/x-iso9660-image",
        TagCount: 2,
      });
    });

    test("carries storage class and KMS key on the final object", async () => {
      const transfer = await prepare({ content: large });
      Object.assign(transfer.request.destination, { storageClass: "STANDARD_IA", kmsKeyId: "alias/images" });
      await transfer.run();
      expect(await transfer.head()).toMatchObject({
        StorageClass: "STANDARD_IA",
        ServerSideEncryption: "aws:kms",
        SSEKMSKeyId: "alias/images",
      });
    });
  });

  describe("nothing is left behind, and nothing is visible,", () => {
    async function expectNothing(transfer: Transfer): Promise<void> {
      expect(await transfer.remains()).toEqual({ objects: [], uploads: 0 });
    }

    test.each([
      ["direct", sha1(large)],
      ["staged", null],
    ])("when the checksum is wrong at the end of a %s upload", async (_way, itemChecksum) => {
      const transfer = await prepare(
        { content: large },
        { itemChecksum, verdict: { checksum: sha1(small) } },
      );
      await expect(transfer.run()).rejects.toThrow(ChecksumMismatch);
      await expectNothing(transfer);
    });

    test("when vCenter says that it sent another number of bytes", async () => {
      const transfer = await prepare({ content: large }, { verdict: { size: large.length + 1 } });
      await expect(transfer.run()).rejects.toThrow(SizeMismatch);
      await expectNothing(transfer);
    });

    test("when the download session is lost although the bytes look right", async () => {
      const transfer = await prepare({ content: large }, { itemChecksum: sha1(large) });
      transfer.request.verdict = async () => {
        throw new DownloadSessionLost("the download session has expired");
      };
      await expect(transfer.run()).rejects.toThrow(DownloadSessionLost);
      await expectNothing(transfer);
    });

    test("when the connection breaks again and again", async () => {
      const transfer = await prepare({ content: large, ranges: false, breakAt: Array(9).fill(6 * MiB) });
      await expect(transfer.run()).rejects.toThrow(TransferInterrupted);
      expect(transfer.source.requests).toHaveLength(4);
      await expectNothing(transfer);
    });

    test("when the user stops it, with the user's reason", async () => {
      const stop = new AbortController();
      const transfer = await prepare({ content: large, breakAt: [] }, { signal: stop.signal });
      transfer.request.hooks.progress = () => stop.abort(new Stopped("stopped by its user"));
      await expect(transfer.run()).rejects.toThrow(Stopped);
      await expectNothing(transfer);
    });

    test.each([
      ["the staging object's upload", 1],
      ["the staging object", 2],
      ["the final object's upload", 3],
      ["the copy", 4],
      ["the final object", 5],
    ])("when it may not go on before %s", async (_step, last) => {
      const transfer = await prepare({ content: large });
      let steps = 0;
      transfer.request.hooks.beforeStep = async () => {
        steps += 1;
        if (steps === last) throw new Stopped("stopped by its user");
      };
      await expect(transfer.run()).rejects.toThrow(Stopped);
      expect(steps).toBe(last);
      await expectNothing(transfer);
    });

    test("when the bucket does not exist", async () => {
      const transfer = await prepare({ content: large });
      transfer.request.destination.bucket = "nowhere";
      await expect(transfer.run()).rejects.toThrow(DestinationDenied);
      await expect(transfer.run()).rejects.toThrow("s3://nowhere");
      await expectNothing(transfer);
    });

    test.each([
      1, 4,
    ])("when the file would need more memory than there is, with %d readers", async (readers) => {
      const transfer = await prepare({ content: large }, { memoryBytes: 4 * 5 * MiB, readers });
      await expect(transfer.run()).rejects.toThrow(FileTooLarge);
      await expectNothing(transfer);
    });
  });

  describe("publication", () => {
    test.each([
      ["several parts", large],
      ["one buffer", small],
    ])("of %s never replaces an object that appeared meanwhile", async (_what, content) => {
      const transfer = await prepare({ content }, { itemChecksum: sha1(content) });
      const other = await prepare({ content: Buffer.from("somebody else's") });
      transfer.request.verdict = async () => {
        await other.run();
        return {};
      };
      other.request.s3 = transfer.request.s3;
      other.request.destination.bucket = transfer.request.destination.bucket;
      await expect(transfer.run()).rejects.toThrow(DestinationChanged);
      expect(await transfer.holds(Buffer.from("somebody else's"))).toBe(true);
      expect((await transfer.remains()).uploads).toBe(0);
    });

    test("replaces exactly the object that it was told to replace, or whatever is there", async () => {
      const transfer = await prepare({ content: small });
      await transfer.run();
      const { destination } = transfer.request;
      transfer.source.behaviour.content = large;

      destination.replacesETag = '"0123"';
      await expect(transfer.run()).rejects.toThrow(DestinationChanged);
      destination.replacesETag = (await transfer.head()).ETag ?? null;
      await transfer.run();
      expect(await transfer.holds(large)).toBe(true);
      transfer.source.behaviour.content = small;
      destination.replacesETag = "*";
      await transfer.run();
      expect(await transfer.holds(small)).toBe(true);
    });
  });
}
