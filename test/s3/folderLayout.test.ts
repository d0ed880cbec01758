import { mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";
import { openSimulator } from "./simulator.ts";
import { beginUpload, FULL_PART, head, LAST_PART, refusal, WHOLE } from "./uploads.ts";

async function put(client: S3Client, Key: string, Body: string): Promise<void> {
  await client.send(new PutObjectCommand({ Bucket: "bucket", Key, Body, Metadata: { key: "kept" } }));
}

async function read(client: S3Client, Key: string): Promise<string | undefined> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: "bucket", Key }));
  return Body?.transformToString();
}

/** Every file and folder below the directory that is not hidden. */
async function visible(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true });
  return entries.filter((entry) => !entry.startsWith(".s3")).sort();
}

describe("the folder", () => {
  test("holds each object as a file that any program can open", async () => {
    const { client, directory } = await openSimulator();
    await put(client, "golden/ubuntu 24.04/disk-0.vmdk", "a disk");
    const upload = await beginUpload(client, "bucket", "golden/big.iso");
    await upload.send(1, FULL_PART);
    await upload.send(2, LAST_PART);
    await upload.complete();
    expect(await readFile(join(directory, "bucket/golden/ubuntu 24.04/disk-0.vmdk"), "utf8")).toBe("a disk");
    expect(WHOLE.equals(await readFile(join(directory, "bucket/golden/big.iso")))).toBe(true);
  });

  test("shows nothing of an upload that is not complete", async () => {
    const { client, directory } = await openSimulator();
    const upload = await beginUpload(client, "bucket", "golden/big.iso");
    await upload.send(1, FULL_PART);
    expect(await visible(directory)).toEqual(["bucket"]);
  });

  test("has no empty folders left when an object is deleted", async () => {
    const { client, directory } = await openSimulator();
    await put(client, "a/b/c", "deep");
    await put(client, "a/d", "flat");
    await client.send(new DeleteObjectCommand({ Bucket: "bucket", Key: "a/b/c" }));
    expect(await visible(directory)).toEqual(["bucket", "bucket/a", "bucket/a/d"]);
  });

  test.each([
    ["..", "../outside", "a/../../outside"],
    ["/absolute", "a//b", "folder/", "."],
    ["line\nfeed", "\u0001", "x".repeat(300)],
    ["a", "a/b", "a/b/c"],
    ["A", "a", "é", "e\u0301"],
  ])("keeps keys that paths cannot tell apart or hold: %j", async (...keys) => {
    const { client, simulator, directory } = await openSimulator();
    for (const key of keys) await put(client, key, `the bytes of ${key}`);
    for (const key of keys) expect(await read(client, key)).toBe(`the bytes of ${key}`);
    expect([...simulator.objects("bucket")].sort()).toEqual([...keys].sort());
    expect((await readdir(join(directory, ".."))).filter((name) => name === "outside")).toEqual([]);
    for (const key of keys) await client.send(new DeleteObjectCommand({ Bucket: "bucket", Key: key }));
    expect(simulator.objects("bucket")).toEqual([]);
    expect(await visible(directory)).toEqual(["bucket"]);
  });

  test("is not left through a symbolic link in it", async () => {
    const { client, directory } = await openSimulator();
    const outside = await openSimulator();
    await symlink(outside.directory, join(directory, "bucket/link"));
    for (const key of ["link/file", "link/below/file"]) {
      await put(client, key, "stays inside");
      expect(await visible(outside.directory)).toEqual(["bucket"]);
      expect(await read(client, key)).toBe("stays inside");
    }
  });

  test("keeps a person's own files as they are", async () => {
    const { client, directory } = await openSimulator();
    await writeFile(join(directory, "bucket/notes.txt"), "mine");
    await put(client, "notes.txt", "the object");
    expect(await readFile(join(directory, "bucket/notes.txt"), "utf8")).toBe("mine");
    expect(await read(client, "notes.txt")).toBe("the object");
  });

  test("is the truth: an object whose file a person removed or replaced is gone", async () => {
    const { client, directory } = await openSimulator();
    await put(client, "removed", "bytes");
    await put(client, "replaced", "bytes");
    await rm(join(directory, "bucket/removed"));
    await writeFile(join(directory, "bucket/replaced"), "other bytes");
    expect(await head(client, "bucket", "removed")).toBeUndefined();
    await expect(read(client, "replaced")).rejects.toMatchObject(refusal("NoSuchKey", 404));
    await put(client, "removed", "bytes again");
    expect(await readFile(join(directory, "bucket/removed"), "utf8")).toBe("bytes again");
  });

  test("is what a simulator started later finds, without what was unfinished", async () => {
    const first = await openSimulator();
    const { directory } = first;
    await put(first.client, "a/b", "kept");
    await put(first.client, "..", "kept too");
    await beginUpload(first.client, "bucket", "unfinished").then((upload) => upload.send(1, LAST_PART));
    await first.simulator.close();
    await mkdir(join(directory, ".s3/bucket/unfinished"), { recursive: true });

    const second = await openSimulator({ directory });
    expect(second.simulator.objects("bucket")).toEqual(["..", "a/b"]);
    expect(await read(second.client, "..")).toBe("kept too");
    expect((await head(second.client, "bucket", "a/b"))?.Metadata).toEqual({ key: "kept" });
    expect(second.simulator.openUploads()).toEqual([]);
    expect(await readdir(join(directory, ".s3/bucket/unfinished"))).toEqual([]);
  });
});
