import {
  AbortMultipartUploadCommand,
  GetObjectTaggingCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import type { Subject } from "../conformance.ts";
import { beginUpload, FULL_PART, head, LAST_PART, refusal, type TestUpload, WHOLE } from "../uploads.ts";

export function multipartUploads({ client, bucket, newKey }: Subject): void {
  async function twoParts(key = newKey(), special?: object): Promise<TestUpload> {
    const upload = await beginUpload(client(), bucket(), key, special);
    await upload.send(1, FULL_PART);
    await upload.send(2, LAST_PART);
    return upload;
  }

  test("nothing is at the key before the upload is complete", async () => {
    const upload = await twoParts();
    expect(await head(client(), bucket(), upload.Key)).toBeUndefined();
    await upload.complete();
    expect((await head(client(), bucket(), upload.Key))?.ContentLength).toBe(WHOLE.length);
  });

  test("the ETag ends with the number of parts", async () => {
    const upload = await twoParts();
    const { ETag } = await upload.complete();
    expect(ETag).toMatch(/^"[0-9a-f]{32}-2"$/);
    expect((await head(client(), bucket(), upload.Key))?.ETag).toBe(ETag);
  });

  test("parts may arrive in any order, and the last to come with a number is the part", async () => {
    const upload = await beginUpload(client(), bucket(), newKey());
    await upload.send(2, LAST_PART);
    await upload.send(1, Buffer.alloc(FULL_PART.length));
    upload.parts.length = 0;
    await upload.send(1, FULL_PART);
    await upload.send(2, LAST_PART);
    await upload.complete();
    expect((await head(client(), bucket(), upload.Key))?.ContentLength).toBe(WHOLE.length);
  });

  test("metadata, content type and tags are those of the beginning", async () => {
    const properties = { Metadata: { checksum: "abc" }, ContentType: "application/ovf" };
    const upload = await twoParts(newKey(), { ...properties, Tagging: "a=b" });
    await upload.complete();
    expect(await head(client(), bucket(), upload.Key)).toMatchObject(properties);
    const tagging = new GetObjectTaggingCommand({ Bucket: bucket(), Key: upload.Key });
    expect((await client().send(tagging)).TagSet).toEqual([{ Key: "a", Value: "b" }]);
  });

  test("the storage class is that of the beginning", async () => {
    const upload = await twoParts(newKey(), { StorageClass: "STANDARD_IA" });
    await upload.complete();
    expect((await head(client(), bucket(), upload.Key))?.StorageClass).toBe("STANDARD_IA");
  });

  test("too much metadata is refused at the beginning", async () => {
    const begun = beginUpload(client(), bucket(), newKey(), { Metadata: { a: "a".repeat(2048) } });
    await expect(begun).rejects.toMatchObject(refusal("MetadataTooLarge", 400));
  });

  test("an object size that is not the sum of the parts is refused", async () => {
    const upload = await twoParts();
    const refused = upload.complete({ MpuObjectSize: WHOLE.length + 1 });
    await expect(refused).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } });
    expect(await head(client(), bucket(), upload.Key)).toBeUndefined();
    await upload.complete({ MpuObjectSize: WHOLE.length });
  });

  test("a part below 5 MiB must be the last", async () => {
    const upload = await beginUpload(client(), bucket(), newKey());
    await upload.send(1, LAST_PART);
    await upload.send(2, LAST_PART);
    await expect(upload.complete()).rejects.toMatchObject(refusal("EntityTooSmall", 400));
  });

  test("parts out of order, or with an ETag that is not theirs, are refused", async () => {
    const upload = await beginUpload(client(), bucket(), newKey());
    await upload.send(1, FULL_PART);
    await upload.send(2, WHOLE);
    const reversed = upload.complete({ MultipartUpload: { Parts: upload.parts.toReversed() } });
    await expect(reversed).rejects.toMatchObject(refusal("InvalidPartOrder", 400));
    const [first] = upload.parts;
    const Parts = upload.parts.map((part) => ({ ...part, ETag: first?.ETag }));
    const foreign = upload.complete({ MultipartUpload: { Parts } });
    await expect(foreign).rejects.toMatchObject(refusal("InvalidPart", 400));
    expect((await upload.complete()).ETag).toBeDefined();
  });

  test("If-None-Match: * does not replace an object, and keeps the upload", async () => {
    const key = newKey();
    await client().send(new PutObjectCommand({ Bucket: bucket(), Key: key, Body: "there before" }));
    const upload = await twoParts(key);
    const refused = upload.complete({ IfNoneMatch: "*" });
    await expect(refused).rejects.toMatchObject(refusal("PreconditionFailed", 412));
    expect((await head(client(), bucket(), key))?.ContentLength).toBe("there before".length);
    const { Parts } = await client().send(new ListPartsCommand(upload.id));
    expect(Parts).toHaveLength(2);
  });

  test("If-Match replaces only the object with that ETag", async () => {
    const key = newKey();
    const { ETag } = await client().send(
      new PutObjectCommand({ Bucket: bucket(), Key: key, Body: "before" }),
    );
    await (await twoParts(key)).complete({ IfMatch: ETag });
    const stale = (await twoParts(key)).complete({ IfMatch: ETag });
    await expect(stale).rejects.toMatchObject(refusal("PreconditionFailed", 412));
    expect((await head(client(), bucket(), key))?.ContentLength).toBe(WHOLE.length);
  });

  test("an upload that nobody began cannot be completed", async () => {
    const upload = await twoParts();
    const refused = upload.complete({ UploadId: "c29tZXRoaW5nIGVsc2U" });
    await expect(refused).rejects.toMatchObject(refusal("NoSuchUpload", 404));
  });

  test("completing a second time gives the same answer, or says that the upload is gone", async () => {
    const upload = await twoParts();
    const { ETag } = await upload.complete();
    const again = await upload.complete().catch((error: unknown) => error);
    expect([ETag, "NoSuchUpload"]).toContain(
      again instanceof Error ? again.name : (again as { ETag?: string }).ETag, // an answer when no error
    );
    expect((await head(client(), bucket(), upload.Key))?.ETag).toBe(ETag);
  });

  test("an aborted upload leaves nothing", async () => {
    const upload = await twoParts();
    await client().send(new AbortMultipartUploadCommand(upload.id));
    const attempts = [
      () => client().send(new ListPartsCommand(upload.id)),
      () => upload.send(3, LAST_PART),
      () => upload.complete(),
      () => client().send(new AbortMultipartUploadCommand(upload.id)),
    ];
    for (const attempt of attempts) {
      await expect(attempt()).rejects.toMatchObject(refusal("NoSuchUpload", 404));
    }
    expect(await head(client(), bucket(), upload.Key)).toBeUndefined();
  });

  test.each([0, 10_001])("there is no part number %i", async (PartNumber) => {
    const upload = await beginUpload(client(), bucket(), newKey());
    const refused = client().send(new UploadPartCommand({ ...upload.id, PartNumber, Body: LAST_PART }));
    await expect(refused).rejects.toMatchObject(refusal("InvalidArgument", 400));
  });
}
