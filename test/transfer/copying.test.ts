import { describe, expect, test } from "vitest";
import { DestinationDenied, DestinationUnavailable } from "../../functions/errors.ts";
import { type CopyingCursor, sealCursor } from "../../functions/transfer/cursor.ts";
import type { TransferRequest } from "../../functions/transfer/request.ts";
import { copyRanges } from "../../functions/transfer/s3/serverSideCopy.ts";
import { transferFile } from "../../functions/transfer/transfer.ts";
import { fakeClock } from "../clocks.ts";
import { type CountingS3, startCountingS3 } from "./countingS3.ts";

const GiB = 1024 ** 3;
const TB = 1000 ** 4;

describe("the ranges of a copy inside S3", () => {
  test("are one up to a GiB, without a range header", () => {
    expect(copyRanges(0)).toEqual([undefined]);
    expect(copyRanges(GiB)).toEqual([undefined]);
  });

  test.each([
    GiB + 1,
    6 * GiB,
    79 * GiB,
    5 * TB,
    50 * TB,
  ])("cover %d bytes without gap or overlap, within S3's limits", (size) => {
    const ranges = copyRanges(size).map((range) =>
      /^bytes=(\d+)-(\d+)$/
        .exec(range ?? "")
        ?.slice(1)
        .map(Number),
    );
    let next = 0;
    for (const [first = -1, last = -1] of ranges.map((range) => range ?? [])) {
      expect(first).toBe(next);
      expect(last - first).toBeLessThan(5 * GiB);
      next = last + 1;
    }
    expect(next).toBe(size);
    expect(ranges.length).toBeLessThanOrEqual(10_000);
  });
});

describe("copying a large staging object", () => {
  const size = 6 * GiB + 7;
  const cursor: CopyingCursor = {
    fileName: "disk.vmdk",
    exportId: "run/0",
    startedAt: 0,
    startedAnew: 0,
    phase: "copying",
    staged: { bucket: "images", key: "staging/0", versionId: "v1", size, crc32: 1 },
    checksum: { algorithm: "SHA1", value: "0".repeat(40), source: "session" },
    itemChecksumDiffers: false,
    upload: { bucket: "images", key: "disk.vmdk", uploadId: "u" },
  };

  function request(s3: CountingS3, changes: Partial<TransferRequest> = {}): TransferRequest {
    return {
      fileName: "disk.vmdk",
      source: {
        async open() {
          throw new Error("A file that is staged is not downloaded again");
        },
      },
      destination: {
        bucket: "images",
        key: "disk.vmdk",
        staging: { bucket: "images", key: "staging/0" },
        replacesETag: null,
        exportId: "run/0",
        metadata: {},
        tags: {},
      },
      itemChecksum: null,
      requireChecksum: false,
      cursor: JSON.parse(JSON.stringify(sealCursor(cursor))),
      verdict: async () => ({}),
      hooks: { async uploadOpened() {}, progress() {} },
      s3: s3.client,
      clock: fakeClock(),
      remainingMilliseconds: () => 60_000,
      signal: new AbortController().signal,
      ...changes,
    };
  }

  test("takes its ranges in parallel requests, completes them in order and deletes the staging object", async () => {
    await using s3 = await startCountingS3();
    const outcome = await transferFile(request(s3));

    expect(outcome).toMatchObject({ done: true, size, checksum: cursor.checksum });
    expect([...s3.copied.entries()].toSorted(([a], [b]) => a - b).map(([, range]) => range)).toEqual(
      copyRanges(size),
    );
    expect([...s3.sources]).toEqual(["images/staging/0?versionId=v1"]);
    expect(s3.completed).toEqual(copyRanges(size).map((_, index) => index + 1));
    expect(s3.requests.slice(-2)).toEqual(["POST complete", "DELETE delete"]);
  });

  test("goes on in the next invocation with the ranges that are missing", async () => {
    await using s3 = await startCountingS3();
    const first = await transferFile(
      request(s3, { remainingMilliseconds: () => (s3.copied.size < 5 ? 60_000 : 1000) }),
    );
    expect(first).toMatchObject({ done: false, cursor: { phase: "copying" } });
    const before = s3.requests.filter((name) => name === "PUT copy").length;
    expect(s3.requests).not.toContain("DELETE delete");

    const second = await transferFile(request(s3, { cursor: first.done ? null : first.cursor }));
    expect(second).toMatchObject({ done: true, size });
    expect(s3.requests.filter((name) => name === "PUT copy")).toHaveLength(13);
    expect(before).toBeLessThan(13);
  });

  test("leaves neither upload nor staging object when a range is refused, and asks for no other", async () => {
    await using s3 = await startCountingS3();
    s3.onCopy = (part) => (part === 2 ? 403 : undefined);
    await expect(transferFile(request(s3))).rejects.toThrow(DestinationDenied);
    expect(s3.requests.filter((name) => name === "PUT copy").length).toBeLessThan(13);
    expect(s3.requests).toContain("DELETE abort");
    expect(s3.requests.at(-1)).toBe("DELETE delete");
    expect(s3.completed).toBeUndefined();
  });

  test("keeps what it has copied through passing trouble, for the same state to be run again", async () => {
    await using s3 = await startCountingS3();
    s3.onCopy = () => 500;
    await expect(transferFile(request(s3))).rejects.toThrow(DestinationUnavailable);
    expect(s3.requests.filter((name) => name.startsWith("DELETE"))).toEqual([]);
    s3.onCopy = () => undefined;
    expect(await transferFile(request(s3))).toMatchObject({ done: true, size });
  });

  test.each([
    ["5 GiB", 5 * GiB, 60_000, "at once"],
    ["more than 5 GiB", 5 * GiB + 1, 60_000, "in an invocation of its own"],
    ["more than 5 GiB, where no invocation ends,", 5 * GiB + 1, Number.POSITIVE_INFINITY, "at once"],
  ])("begins that of %s (%d bytes, %d ms left) %s", async (_what, bytes, left, when) => {
    await using s3 = await startCountingS3();
    s3.uploadGone = true;
    s3.stagedBytes = bytes;
    const staged = { ...cursor.staged, size: bytes, versionId: null };
    const changes = {
      cursor: sealCursor({ ...cursor, staged }),
      remainingMilliseconds: () => left,
    };
    const first = await transferFile(request(s3, changes));
    expect(first.done).toBe(when === "at once");
    if (first.done) return;
    expect(s3.copied.size).toBe(0);
    expect(await transferFile(request(s3, { cursor: first.cursor }))).toMatchObject({
      done: true,
      size: bytes,
    });
    expect([...s3.sources]).toEqual(["images/staging/0"]);
    expect(s3.requests).not.toContain("DELETE abort");
  });
});
