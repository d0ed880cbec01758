import { describe, expect, test } from "vitest";
import type { Destination } from "../../functions/transfer/request.ts";
import { finalObject, stagingObject } from "../../functions/transfer/s3/objectProperties.ts";

const destination: Destination = {
  bucket: "images",
  key: "library/item/a.iso",
  staging: { bucket: "waiting", key: "staging/0" },
  replacesETag: null,
  exportId: "run/0",
  metadata: { "source-file": "a.iso", checksum: "somebody else's" },
  tags: {},
};
const checksum = { algorithm: "SHA1", value: "0f", source: "item" } as const;

describe("the final object", () => {
  test("has its checksum and its export's id, whatever other metadata says", () => {
    expect(finalObject(destination, "a.iso", checksum)).toEqual({
      Bucket: "images",
      Key: "library/item/a.iso",
      Metadata: {
        "source-file": "a.iso",
        "checksum-algorithm": "SHA1",
        checksum: "0f",
        "checksum-source": "item",
        "export-id": "run/0",
      },
      ContentType: "application/x-iso9660-image",
    });
  });

  test.each([
    { fileName: "a.ovf", type: "application/xml" },
    { fileName: "a.mf", type: "text/plain" },
    { fileName: "a.cert", type: "text/plain" },
    { fileName: "a.b.ISO", type: "application/x-iso9660-image" },
    { fileName: "a.ova", type: "application/x-tar" },
    { fileName: "a.vmdk", type: "application/octet-stream" },
    { fileName: "iso", type: "application/octet-stream" },
  ])("of $fileName is $type", ({ fileName, type }) => {
    expect(finalObject(destination, fileName, checksum).ContentType).toBe(type);
  });

  test("is encrypted, classed, tagged and owned as asked for", () => {
    const asked = {
      ...destination,
      tags: { team: "golden images", "a&b": "c=d" },
      storageClass: "STANDARD_IA",
      kmsKeyId: "alias/images",
      expectedBucketOwner: "123456789012",
    };
    expect(finalObject(asked, "a.iso", checksum)).toMatchObject({
      Tagging: "team=golden+images&a%26b=c%3Dd",
      StorageClass: "STANDARD_IA",
      ServerSideEncryption: "aws:kms",
      SSEKMSKeyId: "alias/images",
      ExpectedBucketOwner: "123456789012",
    });
  });
});

test("a staging object is encrypted and owned like the final one, and neither classed nor tagged", () => {
  const asked = {
    ...destination,
    tags: { team: "golden images" },
    storageClass: "GLACIER",
    kmsKeyId: "alias/images",
    expectedBucketOwner: "123456789012",
  };
  expect(stagingObject(asked)).toEqual({
    Bucket: "waiting",
    Key: "staging/0",
    Metadata: { "export-id": "run/0" },
    ContentType: "application/octet-stream",
    ServerSideEncryption: "aws:kms",
    SSEKMSKeyId: "alias/images",
    ExpectedBucketOwner: "123456789012",
  });
  expect(stagingObject(destination)).not.toHaveProperty("ServerSideEncryption");
});
