import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import type { Subject } from "../conformance.ts";
import { crc32Base64, digestBase64, head, refusal } from "../uploads.ts";

export function objects({ client, bucket, newKey }: Subject): void {
  async function put(special: object): Promise<string> {
    const input = { Bucket: bucket(), Key: newKey(), Body: "some bytes", ...special };
    await client().send(new PutObjectCommand(input));
    return input.Key;
  }

  async function read(key: string, special: object = {}): Promise<string | undefined> {
    const { Body } = await client().send(new GetObjectCommand({ Bucket: bucket(), Key: key, ...special }));
    return Body?.transformToString();
  }

  test("what is put can be read, whole and in part", async () => {
    const key = await put({ Body: "0123456789" });
    expect(await read(key)).toBe("0123456789");
    expect(await read(key, { Range: "bytes=2-4" })).toBe("234");
    expect(await read(key, { Range: "bytes=7-" })).toBe("789");
    expect(await read(key, { Range: "bytes=-2" })).toBe("89");
  });

  test("a range behind the end is refused", async () => {
    const key = await put({ Body: "0123456789" });
    await expect(read(key, { Range: "bytes=10-" })).rejects.toMatchObject(refusal("InvalidRange", 416));
  });

  test("an empty object has zero bytes and can be read", async () => {
    const key = await put({ Body: Buffer.alloc(0) });
    expect((await head(client(), bucket(), key))?.ContentLength).toBe(0);
    expect(await read(key)).toBe("");
  });

  test("unknown keys and buckets are told apart", async () => {
    await expect(read(newKey())).rejects.toMatchObject(refusal("NoSuchKey", 404));
    await expect(read("key", { Bucket: `no-${newKey()}` })).rejects.toMatchObject(
      refusal("NoSuchBucket", 404),
    );
  });

  test("a bucket of another owner is refused", async () => {
    const input = { Bucket: bucket(), ExpectedBucketOwner: "000000000000" };
    await expect(client().send(new HeadBucketCommand(input))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 403 },
    });
    await expect(put({ ExpectedBucketOwner: "000000000000" })).rejects.toMatchObject(
      refusal("AccessDenied", 403),
    );
  });

  test("If-None-Match: * lets nothing be replaced", async () => {
    const key = await put({ Body: "first", IfNoneMatch: "*" });
    const again = put({ Key: key, Body: "second", IfNoneMatch: "*" });
    await expect(again).rejects.toMatchObject(refusal("PreconditionFailed", 412));
    expect(await read(key)).toBe("first");
  });

  test("If-Match lets only the object with that ETag be replaced", async () => {
    const key = await put({ Body: "first" });
    const { ETag } = (await head(client(), bucket(), key)) ?? {};
    await put({ Key: key, Body: "second", IfMatch: ETag });
    const stale = put({ Key: key, Body: "third", IfMatch: ETag });
    await expect(stale).rejects.toMatchObject(refusal("PreconditionFailed", 412));
    expect(await read(key)).toBe("second");
  });

  test("If-Match without an object is NoSuchKey", async () => {
    const ETag = '"00000000000000000000000000000000"';
    await expect(put({ IfMatch: ETag })).rejects.toMatchObject(refusal("NoSuchKey", 404));
  });

  const body = Buffer.from("bytes with a checksum");
  const WRONG = Buffer.from("other bytes");

  test("the checksum that came with an object is given back when it is asked for", async () => {
    const key = await put({ Body: body, ChecksumCRC32: crc32Base64(body) });
    expect(await head(client(), bucket(), key)).toMatchObject({
      ChecksumCRC32: crc32Base64(body),
      ChecksumType: "FULL_OBJECT",
    });
  });

  test.each([
    ["ChecksumCRC32", crc32Base64(body), crc32Base64(WRONG)],
    ["ChecksumSHA1", digestBase64("sha1", body), digestBase64("sha1", WRONG)],
    ["ChecksumSHA256", digestBase64("sha256", body), digestBase64("sha256", WRONG)],
    ["ContentMD5", digestBase64("md5", body), digestBase64("md5", WRONG)],
  ])("an object with a wrong %s is not stored", async (name, right, wrong) => {
    const key = newKey();
    const refused = put({ Key: key, Body: body, [name]: wrong });
    await expect(refused).rejects.toMatchObject(refusal("BadDigest", 400));
    expect(await head(client(), bucket(), key)).toBeUndefined();
    await put({ Key: key, Body: body, [name]: right });
    expect(await read(key)).toBe(body.toString());
  });

  test("user metadata comes back, and more than 2 KB of it is refused", async () => {
    const key = await put({ Metadata: { checksum: "a".repeat(2040) } });
    expect((await head(client(), bucket(), key))?.Metadata).toEqual({ checksum: "a".repeat(2040) });
    const tooMuch = put({ Metadata: { checksum: "a".repeat(2041) } });
    await expect(tooMuch).rejects.toMatchObject(refusal("MetadataTooLarge", 400));
  });

  test("metadata that is not ASCII comes back as RFC 2047 has it", async () => {
    const key = await put({ Metadata: { name: "Käse" } });
    const encodedWord = /^=\?UTF-8\?B\?([A-Za-z0-9+/]+=*)\?=$/;
    expect((await head(client(), bucket(), key))?.Metadata?.name).toMatch(encodedWord);
  });

  test("metadata that comes as RFC 2047 has it is left alone", async () => {
    const name = `=?UTF-8?B?${Buffer.from("Käse").toString("base64")}?=`;
    const key = await put({ Metadata: { name } });
    expect((await head(client(), bucket(), key))?.Metadata).toEqual({ name });
  });

  function keyOf(bytes: number): string {
    const start = `${newKey()}/${"ü".repeat(100)}/`.repeat(4);
    return start + "x".repeat(bytes - Buffer.byteLength(start));
  }

  test("a key may have 1,024 bytes of UTF-8", async () => {
    const key = await put({ Key: keyOf(1024), Body: "far" });
    expect(await read(key)).toBe("far");
  });

  test("a key of 1,025 bytes is refused", async () => {
    await expect(put({ Key: keyOf(1025) })).rejects.toMatchObject(refusal("KeyTooLongError", 400));
  });

  test("a part of a key between two slashes may be as long as the key", async () => {
    const key = await put({ Key: `${newKey()}/${"ü".repeat(450)}`, Body: "long" });
    expect(await read(key)).toBe("long");
  });

  test("a key may be the beginning of another, up to a slash", async () => {
    const key = await put({ Body: "short" });
    await put({ Key: `${key}/more`, Body: "long" });
    expect([await read(key), await read(`${key}/more`)]).toEqual(["short", "long"]);
  });

  test("two slashes are not one", async () => {
    const key = newKey();
    await put({ Key: `${key}//a`, Body: "two" });
    await put({ Key: `${key}/a`, Body: "one" });
    expect([await read(`${key}//a`), await read(`${key}/a`)]).toEqual(["two", "one"]);
  });

  test("content type and tags are kept", async () => {
    const key = await put({ ContentType: "application/ovf", Tagging: "source=vsphere&team=a%20b" });
    expect((await head(client(), bucket(), key))?.ContentType).toBe("application/ovf");
    const { TagSet } = await client().send(new GetObjectTaggingCommand({ Bucket: bucket(), Key: key }));
    expect(TagSet).toHaveLength(2);
    expect(TagSet).toEqual(
      expect.arrayContaining([
        { Key: "source", Value: "vsphere" },
        { Key: "team", Value: "a b" },
      ]),
    );
  });

  test("a tag with a character that S3 does not allow is refused", async () => {
    await expect(put({ Tagging: "owner=a%26b" })).rejects.toMatchObject(refusal("InvalidTag", 400));
  });

  test("storage class and encryption are kept", async () => {
    const properties = {
      StorageClass: "STANDARD_IA",
      ServerSideEncryption: "aws:kms",
      SSEKMSKeyId: "alias/library",
    };
    const key = await put(properties);
    expect(await head(client(), bucket(), key)).toMatchObject(properties);
  });

  test("deleting what is not there is no error", async () => {
    const key = await put({});
    await client().send(new DeleteObjectCommand({ Bucket: bucket(), Key: key }));
    await client().send(new DeleteObjectCommand({ Bucket: bucket(), Key: key }));
    expect(await head(client(), bucket(), key)).toBeUndefined();
  });

  test("several objects are deleted by one request", async () => {
    const keys = [await put({}), await put({})];
    const Delete = { Objects: keys.map((Key) => ({ Key })) };
    const { Deleted } = await client().send(new DeleteObjectsCommand({ Bucket: bucket(), Delete }));
    expect(Deleted?.map(({ Key }) => Key)).toEqual(keys);
    for (const key of keys) expect(await head(client(), bucket(), key)).toBeUndefined();
  });
}
