import { createHash } from "node:crypto";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { Readable } from "node:stream";
import {
  CopyObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  PutBucketTaggingCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
} from "@aws-sdk/client-s3";
import { xxhash64 } from "hash-wasm";
import { generate } from "selfsigned";
import { Agent, request as fetchOver } from "undici";
import { expect, test } from "vitest";
import { openSimulator } from "./simulator.ts";
import { digestBase64, head, refusal } from "./uploads.ts";

const AUTHORIZATION = "AWS4-HMAC-SHA256 Credential=any/20260101/us-east-1/s3/aws4_request";

test("a request that is not signed is refused", async () => {
  const { simulator } = await openSimulator();
  const answer = await fetch(`${simulator.url}/bucket?list-type=2`);
  expect(answer.status).toBe(403);
  expect(await answer.text()).toMatch(
    /<Error><Code>AccessDenied<\/Code>.*<RequestId>\w+<\/RequestId><\/Error>/,
  );
});

test("what the double does not do is 501, and says what it was", async () => {
  const { client, simulator } = await openSimulator();
  const tagging = { Bucket: "bucket", Tagging: { TagSet: [] } };
  await expect(client.send(new PutBucketTaggingCommand(tagging))).rejects.toMatchObject({
    ...refusal("NotImplemented", 501),
    message: expect.stringContaining("?tagging"),
  });
  await expect(client.send(new ListBucketsCommand({}))).rejects.toMatchObject(refusal("NotImplemented", 501));
  const acl = client.send(
    new PutObjectCommand({ Bucket: "bucket", Key: "k", Body: "b", ACL: "public-read" }),
  );
  await expect(acl).rejects.toMatchObject(refusal("NotImplemented", 501));
  expect(simulator.objects("bucket")).toEqual([]);
});

test("a body that was signed must be the one that arrives", async () => {
  const { simulator } = await openSimulator();
  const headers = {
    authorization: AUTHORIZATION,
    "x-amz-content-sha256": createHash("sha256").update("what was signed").digest("hex"),
  };
  const answer = await fetch(`${simulator.url}/bucket/key`, { method: "PUT", headers, body: "what arrives" });
  expect(answer.status).toBe(400);
  expect(await answer.text()).toContain("<Code>XAmzContentSHA256Mismatch</Code>");
  expect(simulator.objects("bucket")).toEqual([]);
});

test("a stream with a trailing checksum arrives without its framing", async () => {
  const { client } = await openSimulator();
  const pieces = [Buffer.alloc(100_000, "a"), Buffer.alloc(70_001, "b")];
  const input = { Bucket: "bucket", Key: "stream", Body: Readable.from(pieces), ContentLength: 170_001 };
  await client.send(new PutObjectCommand(input));
  const { Body } = await client.send(new GetObjectCommand({ Bucket: "bucket", Key: "stream" }));
  const received = Buffer.from((await Body?.transformToByteArray()) ?? []);
  expect(received.equals(Buffer.concat(pieces))).toBe(true);
  expect(await head(client, "bucket", "stream")).toMatchObject({ ChecksumType: "FULL_OBJECT" });
  expect((await head(client, "bucket", "stream"))?.ContentEncoding).toBeUndefined();
});

test("a client that goes away in the middle leaves nothing", async () => {
  const { simulator, directory } = await openSimulator();
  const headers = { authorization: AUTHORIZATION, "content-length": "1000000", expect: "100-continue" };
  const upload = request(`${simulator.url}/bucket/key`, { method: "PUT", headers });
  upload.flushHeaders();
  await once(upload, "continue");
  upload.write(Buffer.alloc(300_000));
  upload.destroy();
  await once(upload, "error"); // the hang-up, as its own side sees it
  await simulator.close();
  expect(simulator.requests).toEqual(["PutObject"]);
  expect(simulator.objects("bucket")).toEqual([]);
  expect(await readdir(join(directory, ".s3/bucket/unfinished"))).toEqual([]);
});

const body = Buffer.from("bytes with a digest");

test.each([
  ["SHA512", digestBase64("sha512", body)],
  ["MD5", digestBase64("md5", body)],
  ["XXHASH64", Buffer.from(await xxhash64(body), "hex").toString("base64")],
  ["CRC64NVME", undefined],
  ["CRC32C", undefined],
] as const)("%s is verified and kept", async (algorithm, value) => {
  const { client } = await openSimulator();
  const field = `Checksum${algorithm}` as const;
  const given: Partial<PutObjectCommandInput> = value ? { [field]: value } : { ChecksumAlgorithm: algorithm };
  await client.send(new PutObjectCommand({ Bucket: "bucket", Key: "k", Body: body, ...given }));
  const kept = (await head(client, "bucket", "k"))?.[field];
  expect(kept).toMatch(/^[A-Za-z0-9+/]+=*$/);
  if (value) expect(kept).toBe(value);
  const wrong = { Bucket: "bucket", Key: "k", Body: Buffer.from("others"), [field]: kept };
  await expect(client.send(new PutObjectCommand(wrong))).rejects.toMatchObject(refusal("BadDigest", 400));
});

test("CopyObject has a limit above which only parts can be copied", async () => {
  const { client } = await openSimulator({ limits: { maxCopyBytes: 10 } });
  await client.send(new PutObjectCommand({ Bucket: "bucket", Key: "large", Body: "eleven byte" }));
  const copy = client.send(
    new CopyObjectCommand({ Bucket: "bucket", Key: "copy", CopySource: "bucket/large" }),
  );
  await expect(copy).rejects.toMatchObject(refusal("InvalidRequest", 400));
});

test("an object that is replaced while it is read is the old one or the new one, and never missing", async () => {
  const { client } = await openSimulator();
  const object = { Bucket: "bucket", Key: "record" };
  const read = async () => {
    const { Body } = await client.send(new GetObjectCommand(object));
    return Number(await Body?.transformToString());
  };
  const write = (round: number) => client.send(new PutObjectCommand({ ...object, Body: String(round) }));
  await write(0);
  for (let round = 1; round <= 20; round++) {
    const writing = [1, 2, 3, 4].map(() => write(round));
    const found = await Promise.all(Array.from({ length: 12 }, read));
    await Promise.all(writing);
    for (const value of found) expect([round - 1, round]).toContain(value);
  }
});

test("archived bytes cannot be read, only asked about", async () => {
  const { client } = await openSimulator();
  const object = { Bucket: "bucket", Key: "cold" };
  await client.send(new PutObjectCommand({ ...object, Body: body, StorageClass: "DEEP_ARCHIVE" }));
  expect((await client.send(new HeadObjectCommand(object))).StorageClass).toBe("DEEP_ARCHIVE");
  const read = client.send(new GetObjectCommand(object));
  await expect(read).rejects.toMatchObject(refusal("InvalidObjectState", 403));
});

test("it speaks HTTPS with the certificate that it is given", async () => {
  const pems = await generate([{ name: "commonName", value: "127.0.0.1" }]);
  const { simulator } = await openSimulator({ tls: { key: pems.private, cert: pems.cert } });
  expect(simulator.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });
  const headers = { authorization: AUTHORIZATION };
  const answer = await fetchOver(`${simulator.url}/bucket`, { method: "HEAD", headers, dispatcher });
  expect(answer.statusCode).toBe(200);
  await dispatcher.close();
});

test("a name that S3 does not allow is no bucket", async () => {
  await expect(openSimulator({ buckets: ["../outside"] })).rejects.toThrow("not a bucket name");
});
