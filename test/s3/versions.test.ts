import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectLockConfigurationCommand,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";
import { openSimulator } from "./simulator.ts";
import { beginUpload, head, LAST_PART, refusal } from "./uploads.ts";

const object = { Bucket: "bucket", Key: "disk" };

async function put(client: S3Client, Body: string): Promise<string | undefined> {
  return (await client.send(new PutObjectCommand({ ...object, Body }))).VersionId;
}

async function read(client: S3Client, VersionId?: string): Promise<string | undefined> {
  return (await client.send(new GetObjectCommand({ ...object, VersionId }))).Body?.transformToString();
}

describe("a bucket with versions", () => {
  test("keeps what was replaced, and shows the newest in the folder", async () => {
    const { client, directory } = await openSimulator({ versioned: true });
    const first = await put(client, "first");
    const second = await put(client, "second");
    expect(first).not.toBe(second);
    expect(await read(client)).toBe("second");
    expect(await read(client, first)).toBe("first");
    expect(await readFile(join(directory, "bucket/disk"), "utf8")).toBe("second");
  });

  test("puts a delete marker in front when no version is named, and keeps the bytes", async () => {
    const { client, simulator } = await openSimulator({ versioned: true });
    const first = await put(client, "first");
    const deleted = await client.send(new DeleteObjectCommand(object));
    expect(deleted).toMatchObject({ DeleteMarker: true, VersionId: expect.any(String) });
    await expect(read(client)).rejects.toMatchObject(refusal("NoSuchKey", 404));
    expect(simulator.objects("bucket")).toEqual([]);
    expect(await read(client, first)).toBe("first");
    const marker = client.send(new GetObjectCommand({ ...object, VersionId: deleted.VersionId }));
    await expect(marker).rejects.toMatchObject(refusal("MethodNotAllowed", 405));
  });

  test("gives the object back when its delete marker is deleted", async () => {
    const { client } = await openSimulator({ versioned: true });
    await put(client, "first");
    const { VersionId } = await client.send(new DeleteObjectCommand(object));
    await client.send(new DeleteObjectCommand({ ...object, VersionId }));
    expect(await read(client)).toBe("first");
  });

  test("loses a version that is named for good, and the one before becomes the newest", async () => {
    const { client, directory } = await openSimulator({ versioned: true });
    await put(client, "first");
    const second = await put(client, "second");
    await client.send(new DeleteObjectCommand({ ...object, VersionId: second }));
    expect(await read(client)).toBe("first");
    expect(await readFile(join(directory, "bucket/disk"), "utf8")).toBe("first");
    await expect(read(client, second)).rejects.toMatchObject(refusal("NoSuchVersion", 404));
  });

  test("lets If-None-Match: * succeed behind a delete marker", async () => {
    const { client } = await openSimulator({ versioned: true });
    await put(client, "first");
    await client.send(new DeleteObjectCommand(object));
    await client.send(new PutObjectCommand({ ...object, Body: "second", IfNoneMatch: "*" }));
    expect(await read(client)).toBe("second");
  });
});

describe("a bucket with default Object Lock retention", () => {
  const objectLock = { bucket: { mode: "GOVERNANCE", days: 7 } } as const;
  const DAY = 24 * 60 * 60 * 1000;

  test("says so", async () => {
    const { client } = await openSimulator({ objectLock });
    const answer = await client.send(new GetObjectLockConfigurationCommand({ Bucket: "bucket" }));
    expect(answer.ObjectLockConfiguration).toEqual({
      ObjectLockEnabled: "Enabled",
      Rule: { DefaultRetention: { Mode: "GOVERNANCE", Days: 7 } },
    });
  });

  test("keeps a version from being deleted until its time is over", async () => {
    let now = Date.UTC(2026, 0, 1);
    const { client } = await openSimulator({ objectLock, now: () => now });
    const VersionId = await put(client, "locked");
    const remove = () => client.send(new DeleteObjectCommand({ ...object, VersionId }));
    expect(await head(client, "bucket", "disk")).toMatchObject({
      ObjectLockMode: "GOVERNANCE",
      ObjectLockRetainUntilDate: new Date(now + 7 * DAY),
    });
    await expect(remove()).rejects.toMatchObject(refusal("AccessDenied", 403));
    now += 7 * DAY;
    await remove();
    expect(await head(client, "bucket", "disk")).toBeUndefined();
  });

  test("asks for a checksum with every part", async () => {
    const { client, simulator } = await openSimulator({ objectLock });
    const upload = await beginUpload(client, "bucket", "disk");
    const url = `${simulator.url}/bucket/disk?partNumber=1&uploadId=${upload.UploadId}`;
    const authorization = "AWS4-HMAC-SHA256 Credential=any/20260101/us-east-1/s3/aws4_request";
    const answer = await fetch(url, { method: "PUT", headers: { authorization }, body: LAST_PART });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain("Content-MD5 OR x-amz-checksum-");
    await upload.send(1, LAST_PART);
  });
});

test("a bucket without Object Lock has no configuration of it", async () => {
  const { client } = await openSimulator();
  const asked = client.send(new GetObjectLockConfigurationCommand({ Bucket: "bucket" }));
  await expect(asked).rejects.toMatchObject(refusal("ObjectLockConfigurationNotFoundError", 404));
});
