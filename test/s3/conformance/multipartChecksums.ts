import {
  type ChecksumAlgorithm,
  CreateMultipartUploadCommand,
  ListPartsCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import type { Subject } from "../conformance.ts";
import {
  beginUpload,
  crc32Base64,
  digestBase64,
  FULL_PART,
  head,
  LAST_PART,
  refusal,
  WHOLE,
} from "../uploads.ts";

export function multipartChecksums({ client, bucket, newKey }: Subject): void {
  test("a full-object CRC32 is that of the whole object, and needs no checksums of parts", async () => {
    const upload = await beginUpload(client(), bucket(), newKey());
    await upload.send(1, FULL_PART);
    await upload.send(2, LAST_PART);
    const ChecksumCRC32 = crc32Base64(WHOLE);
    const Parts = upload.parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag }));
    const special = { MultipartUpload: { Parts }, ChecksumType: "FULL_OBJECT", ChecksumCRC32 } as const;
    const completed = await upload.complete(special);
    expect(completed).toMatchObject({ ChecksumCRC32, ChecksumType: "FULL_OBJECT" });
    expect(await head(client(), bucket(), upload.Key)).toMatchObject({
      ChecksumCRC32,
      ChecksumType: "FULL_OBJECT",
    });
  });

  test("a full-object CRC32 takes the checksums of parts that ListParts gives", async () => {
    const upload = await beginUpload(client(), bucket(), newKey());
    await upload.send(1, FULL_PART);
    await upload.send(2, LAST_PART);
    const { Parts = [] } = await client().send(new ListPartsCommand(upload.id));
    expect(Parts.map((part) => part.ChecksumCRC32)).toEqual([crc32Base64(FULL_PART), crc32Base64(LAST_PART)]);
    const list = Parts.map(({ PartNumber, ETag, ChecksumCRC32 }) => ({ PartNumber, ETag, ChecksumCRC32 }));
    const completed = await upload.complete({ MultipartUpload: { Parts: list } });
    expect(completed.ChecksumCRC32).toBe(crc32Base64(WHOLE));
  });

  test("a wrong full-object CRC32 is refused, and the upload can still be completed", async () => {
    const upload = await beginUpload(client(), bucket(), newKey());
    await upload.send(1, FULL_PART);
    await upload.send(2, LAST_PART);
    const wrong = { ChecksumType: "FULL_OBJECT", ChecksumCRC32: crc32Base64(LAST_PART) } as const;
    await expect(upload.complete(wrong)).rejects.toMatchObject(refusal("BadDigest", 400));
    expect(await head(client(), bucket(), upload.Key)).toBeUndefined();
    await upload.complete({ ChecksumType: "FULL_OBJECT", ChecksumCRC32: crc32Base64(WHOLE) });
    expect((await head(client(), bucket(), upload.Key))?.ContentLength).toBe(WHOLE.length);
  });

  test("CRC64NVME is always of the full object", async () => {
    const ChecksumAlgorithm = "CRC64NVME";
    const input = { Bucket: bucket(), Key: newKey(), ChecksumAlgorithm } as const;
    const created = await client().send(new CreateMultipartUploadCommand(input));
    expect(created.ChecksumType).toBe("FULL_OBJECT");
    const composite = client().send(
      new CreateMultipartUploadCommand({ ...input, ChecksumType: "COMPOSITE" }),
    );
    await expect(composite).rejects.toMatchObject(refusal("InvalidRequest", 400));
  });

  test.each([
    "SHA1",
    "SHA256",
  ] as const)("%s is of the parts' digests, and never of the full object", async (algorithm) => {
    const upload = await beginUpload(client(), bucket(), newKey(), { ChecksumAlgorithm: algorithm });
    const field = `Checksum${algorithm}` as const;
    const Parts = [];
    for (const [index, Body] of [FULL_PART, LAST_PART].entries()) {
      const value = digestBase64(algorithm, Body);
      const part = { PartNumber: index + 1, [field]: value };
      const { ETag } = await client().send(new UploadPartCommand({ ...upload.id, ...part, Body }));
      Parts.push({ ...part, ETag });
    }
    await upload.complete({ MultipartUpload: { Parts } });
    const digests = [FULL_PART, LAST_PART].map((part) =>
      Buffer.from(digestBase64(algorithm, part), "base64"),
    );
    expect(await head(client(), bucket(), upload.Key)).toMatchObject({
      [field]: `${digestBase64(algorithm, Buffer.concat(digests))}-2`,
      ChecksumType: "COMPOSITE",
    });

    const fullObject = {
      ChecksumAlgorithm: algorithm as ChecksumAlgorithm,
      ChecksumType: "FULL_OBJECT",
    } as const;
    await expect(beginUpload(client(), bucket(), newKey(), fullObject)).rejects.toMatchObject(
      refusal("InvalidRequest", 400),
    );
  });

  test("a part with another algorithm than the upload's is refused", async () => {
    const upload = await beginUpload(client(), bucket(), newKey());
    const part = { PartNumber: 1, Body: LAST_PART, ChecksumSHA1: digestBase64("sha1", LAST_PART) };
    const refused = client().send(new UploadPartCommand({ ...upload.id, ...part }));
    await expect(refused).rejects.toMatchObject(refusal("InvalidRequest", 400));
  });

  test("a part whose checksum is wrong is not stored", async () => {
    const upload = await beginUpload(client(), bucket(), newKey());
    const part = { PartNumber: 1, Body: LAST_PART, ChecksumCRC32: crc32Base64(FULL_PART) };
    const refused = client().send(new UploadPartCommand({ ...upload.id, ...part }));
    await expect(refused).rejects.toMatchObject(refusal("BadDigest", 400));
    const { Parts = [] } = await client().send(new ListPartsCommand(upload.id));
    expect(Parts).toEqual([]);
  });
}
