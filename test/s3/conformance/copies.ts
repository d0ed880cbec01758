import {
  CopyObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import type { Subject } from "../conformance.ts";
import { beginUpload, crc32Base64, FULL_PART, head, LAST_PART, refusal, WHOLE } from "../uploads.ts";

export function copies({ client, bucket, newKey }: Subject): void {
  async function source(Body: Buffer, special: object = {}): Promise<string> {
    const Key = newKey();
    await client().send(new PutObjectCommand({ Bucket: bucket(), Key, Body, ...special }));
    return `${bucket()}/${Key}`;
  }

  test("an upload can take its parts from ranges of an object", async () => {
    const CopySource = await source(WHOLE);
    const upload = await beginUpload(client(), bucket(), newKey());
    const Parts = [];
    for (const [PartNumber, first, last] of [
      [1, 0, FULL_PART.length - 1],
      [2, FULL_PART.length, WHOLE.length - 1],
    ] as const) {
      const CopySourceRange = `bytes=${first}-${last}`;
      const input = { ...upload.id, PartNumber, CopySource, CopySourceRange };
      const { CopyPartResult } = await client().send(new UploadPartCopyCommand(input));
      const { ETag, ChecksumCRC32 } = CopyPartResult ?? {};
      Parts.push({ PartNumber, ETag, ChecksumCRC32 });
    }
    await upload.complete({ MultipartUpload: { Parts }, ChecksumCRC32: crc32Base64(WHOLE) });
    expect(await head(client(), bucket(), upload.Key)).toMatchObject({
      ContentLength: WHOLE.length,
      ChecksumCRC32: crc32Base64(WHOLE),
    });
  });

  test("a range that goes beyond the source is refused", async () => {
    const CopySource = await source(LAST_PART);
    const upload = await beginUpload(client(), bucket(), newKey());
    const CopySourceRange = `bytes=0-${LAST_PART.length}`;
    const refused = client().send(
      new UploadPartCopyCommand({ ...upload.id, PartNumber: 1, CopySource, CopySourceRange }),
    );
    await expect(refused).rejects.toMatchObject(refusal("InvalidArgument", 400));
  });

  test("a source that is not there is NoSuchKey", async () => {
    const upload = await beginUpload(client(), bucket(), newKey());
    const CopySource = `${bucket()}/${newKey()}`;
    const refused = client().send(new UploadPartCopyCommand({ ...upload.id, PartNumber: 1, CopySource }));
    await expect(refused).rejects.toMatchObject(refusal("NoSuchKey", 404));
  });

  test("CopyObject keeps the metadata, or replaces it when told so", async () => {
    const CopySource = await source(LAST_PART, { Metadata: { checksum: "old" }, ContentType: "text/plain" });
    const kept = { Bucket: bucket(), Key: newKey(), CopySource };
    await client().send(new CopyObjectCommand(kept));
    expect(await head(client(), bucket(), kept.Key)).toMatchObject({
      Metadata: { checksum: "old" },
      ContentType: "text/plain",
    });
    const replaced = {
      ...kept,
      Key: newKey(),
      MetadataDirective: "REPLACE",
      Metadata: { checksum: "new" },
    } as const;
    await client().send(new CopyObjectCommand(replaced));
    expect((await head(client(), bucket(), replaced.Key))?.Metadata).toEqual({ checksum: "new" });
    const { Body } = await client().send(new GetObjectCommand({ Bucket: bucket(), Key: replaced.Key }));
    expect(await Body?.transformToString()).toBe(LAST_PART.toString());
  });

  test("a copy can be bound to the ETag of its source", async () => {
    const CopySource = await source(LAST_PART);
    const input = { Bucket: bucket(), Key: newKey(), CopySource, CopySourceIfMatch: '"something-else"' };
    await expect(client().send(new CopyObjectCommand(input))).rejects.toMatchObject(
      refusal("PreconditionFailed", 412),
    );
  });
}
