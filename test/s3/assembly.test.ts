import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { UploadPartCopyCommand } from "@aws-sdk/client-s3";
import fc from "fast-check";
import { expect, test } from "vitest";
import { combineCrc32 } from "../../simulators/s3/crc32Combine.ts";
import { type OpenSimulator, openSimulator } from "./simulator.ts";
import { beginUpload, crc32Base64, refusal } from "./uploads.ts";

const bytesOf = (letter: string, size: number) => Buffer.alloc(size, letter);

/** Sends parts in the order given, completes the upload with the last of each number, and returns the object. */
async function upload(
  { client, directory }: OpenSimulator,
  key: string,
  parts: [number, Buffer][],
): Promise<Buffer> {
  const begun = await beginUpload(client, "bucket", key);
  const latest = new Map<number, { PartNumber: number; ETag: string; bytes: Buffer }>();
  for (const [PartNumber, bytes] of parts) {
    const ETag = await begun.send(PartNumber, bytes);
    latest.set(PartNumber, { PartNumber, ETag, bytes });
  }
  const list = [...latest.values()].sort((a, b) => a.PartNumber - b.PartNumber);
  const expected = Buffer.concat(list.map(({ bytes }) => bytes));
  const Parts = list.map(({ PartNumber, ETag }) => ({ PartNumber, ETag }));
  await begun.complete({ MultipartUpload: { Parts }, ChecksumCRC32: crc32Base64(expected) });
  const object = await readFile(join(directory, "bucket", key));
  expect(object.equals(expected)).toBe(true);
  return object;
}

test.each<[string, [number, Buffer][]]>([
  ["of one size", [1, 2, 3].map((number) => [number, bytesOf(`${number}`, 1000)])],
  [
    "with a shorter last one",
    [
      [1, bytesOf("a", 1000)],
      [2, bytesOf("b", 1000)],
      [3, bytesOf("c", 1)],
    ],
  ],
  [
    "that arrive backwards",
    [
      [3, bytesOf("c", 1)],
      [2, bytesOf("b", 1000)],
      [1, bytesOf("a", 1000)],
    ],
  ],
  [
    "that grow",
    [
      [1, bytesOf("a", 10)],
      [2, bytesOf("b", 100)],
      [3, bytesOf("c", 1000)],
    ],
  ],
  [
    "that shrink",
    [
      [1, bytesOf("a", 1000)],
      [2, bytesOf("b", 100)],
      [3, bytesOf("c", 10)],
    ],
  ],
  [
    "with gaps in their numbers",
    [
      [1, bytesOf("a", 100)],
      [5, bytesOf("b", 100)],
      [9999, bytesOf("c", 100)],
    ],
  ],
  [
    "sent again with other bytes",
    [
      [1, bytesOf("a", 100)],
      [2, bytesOf("b", 100)],
      [1, bytesOf("A", 100)],
    ],
  ],
  ["the only one of which is empty", [[1, Buffer.alloc(0)]]],
])("parts %s make the object", async (_, parts) => {
  const open = await openSimulator({ limits: { minPartBytes: 0 } });
  await upload(open, "object", parts);
  expect(open.simulator.openUploads()).toEqual([]);
  expect(await readdir(join(open.directory, ".s3/bucket/unfinished"))).toEqual([]);
});

test("any parts in any order make the object", async () => {
  const open = await openSimulator({ limits: { minPartBytes: 0 } });
  const part = fc.tuple(
    fc.integer({ min: 1, max: 5 }),
    fc.constantFrom(0, 1, 7, 8),
    fc.constantFrom("x", "y", "z"),
  );
  let count = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 8 }), async (parts) => {
      const sent = parts.map(([number, size, letter]): [number, Buffer] => [number, bytesOf(letter, size)]);
      await upload(open, `object-${count++}`, sent);
    }),
    { numRuns: 25 },
  );
});

test("an object can be made of fewer parts than were sent", async () => {
  const { client, directory } = await openSimulator({ limits: { minPartBytes: 0 } });
  const begun = await beginUpload(client, "bucket", "object");
  for (const number of [1, 2, 3]) await begun.send(number, bytesOf(`${number}`, 100));
  await begun.complete({ MultipartUpload: { Parts: begun.parts.slice(0, 2) } });
  expect(await readFile(join(directory, "bucket/object"), "utf8")).toBe("1".repeat(100) + "2".repeat(100));
});

test("a refused part leaves its place to the next one, and a refused completion leaves the parts", async () => {
  const { client, simulator, directory } = await openSimulator({ limits: { minPartBytes: 0 } });
  const begun = await beginUpload(client, "bucket", "object");
  await begun.send(1, bytesOf("a", 100));
  simulator.faults.push({ operation: "UploadPart", status: 500 });
  await expect(begun.send(2, bytesOf("b", 100))).rejects.toMatchObject(refusal("InternalError", 500));
  await begun.send(2, bytesOf("c", 100));
  const wrong = begun.complete({ ChecksumCRC32: crc32Base64(bytesOf("a", 200)) });
  await expect(wrong).rejects.toMatchObject(refusal("BadDigest", 400));
  await begun.send(3, bytesOf("d", 100));
  await begun.complete();
  const expected = "a".repeat(100) + "c".repeat(100) + "d".repeat(100);
  expect(await readFile(join(directory, "bucket/object"), "utf8")).toBe(expected);
});

test("a part that is still on its way cannot change an object that is complete", async () => {
  const { client, simulator, directory } = await openSimulator({ limits: { minPartBytes: 0 } });
  const begun = await beginUpload(client, "bucket", "object");
  await begun.send(1, bytesOf("a", 100));
  const url = `${simulator.url}/bucket/object?partNumber=2&uploadId=${begun.UploadId}`;
  const authorization = "AWS4-HMAC-SHA256 Credential=any/20260101/us-east-1/s3/aws4_request";
  const late = request(url, {
    method: "PUT",
    headers: { authorization, "content-length": 100, expect: "100-continue" },
  });
  late.flushHeaders();
  await once(late, "continue");
  late.write(bytesOf("b", 60));
  await begun.complete();
  late.end(bytesOf("b", 40));
  const [answer] = await once(late, "response");
  answer.resume();
  expect(answer.statusCode).toBe(404);
  await once(answer, "end");
  expect(await readFile(join(directory, "bucket/object"), "utf8")).toBe("a".repeat(100));
});

test("parts copied from an object make another", async () => {
  const open = await openSimulator({ limits: { minPartBytes: 0 } });
  const source = await upload(open, "source", [
    [1, bytesOf("a", 100)],
    [2, bytesOf("b", 50)],
  ]);
  const begun = await beginUpload(open.client, "bucket", "copy");
  const Parts = [];
  for (const [PartNumber, range] of [
    [1, "0-79"],
    [2, "80-149"],
  ] as const) {
    const input = { ...begun.id, PartNumber, CopySource: "bucket/source", CopySourceRange: `bytes=${range}` };
    const { CopyPartResult } = await open.client.send(new UploadPartCopyCommand(input));
    Parts.push({ PartNumber, ETag: CopyPartResult?.ETag });
  }
  await begun.complete({ MultipartUpload: { Parts }, ChecksumCRC32: crc32Base64(source) });
  expect(source.equals(await readFile(join(open.directory, "bucket/copy")))).toBe(true);
});

test("the CRC32 of a whole follows from those of its pieces", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 6 }), (pieces) => {
      const known = pieces.map((piece) => ({ crc32: crc32(piece), bytes: piece.length }));
      expect(combineCrc32(known)).toBe(crc32(Buffer.concat(pieces)));
    }),
  );
});
