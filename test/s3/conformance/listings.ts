import {
  AbortMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import type { Subject } from "../conformance.ts";
import { beginUpload, LAST_PART } from "../uploads.ts";

export function listings({ client, bucket, newKey }: Subject): void {
  async function putAll(names: string[]): Promise<string> {
    const prefix = `${newKey()}/`;
    for (const name of names) {
      await client().send(new PutObjectCommand({ Bucket: bucket(), Key: prefix + name, Body: name }));
    }
    return prefix;
  }

  test("keys come in the order of their bytes, a page at a time", async () => {
    const names = ["Z", "a", "b/c", "b/d", "é", "\u{ffee}", "\u{1f600}"];
    const Prefix = await putAll([...names].reverse());
    const seen: string[] = [];
    let ContinuationToken: string | undefined;
    do {
      const input = { Bucket: bucket(), Prefix, MaxKeys: 2, ContinuationToken };
      const page = await client().send(new ListObjectsV2Command(input));
      expect(page.KeyCount).toBeLessThanOrEqual(2);
      seen.push(...(page.Contents ?? []).map(({ Key = "" }) => Key.slice(Prefix.length)));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken);
    expect(seen).toEqual(names);
  });

  test("a delimiter rolls keys up to common prefixes, each listed once over all pages", async () => {
    const Prefix = await putAll(["a/1", "a/2", "b", "c/1", "c/2", "d"]);
    const seen: string[] = [];
    let ContinuationToken: string | undefined;
    do {
      const input = { Bucket: bucket(), Prefix, Delimiter: "/", MaxKeys: 1, ContinuationToken };
      const page = await client().send(new ListObjectsV2Command(input));
      const keys = (page.Contents ?? []).map(({ Key }) => Key);
      const prefixes = (page.CommonPrefixes ?? []).map((common) => common.Prefix);
      seen.push(...[...keys, ...prefixes].map((name = "") => name.slice(Prefix.length)));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken);
    expect(seen).toEqual(["a/", "b", "c/", "d"]);
  });

  test("parts come 1,000 a page", async () => {
    const upload = await beginUpload(client(), bucket(), newKey());
    const numbers = Array.from({ length: 1001 }, (_, index) => index + 1);
    const pending = numbers.values();
    async function worker(): Promise<void> {
      for (const PartNumber of pending) {
        await client().send(new UploadPartCommand({ ...upload.id, PartNumber, Body: LAST_PART }));
      }
    }
    await Promise.all(Array.from({ length: 16 }, worker));
    const first = await client().send(new ListPartsCommand(upload.id));
    expect(first.Parts).toHaveLength(1000);
    expect(first).toMatchObject({ IsTruncated: true, NextPartNumberMarker: "1000" });
    const PartNumberMarker = first.NextPartNumberMarker;
    const second = await client().send(new ListPartsCommand({ ...upload.id, PartNumberMarker }));
    expect(second.Parts?.map(({ PartNumber }) => PartNumber)).toEqual([1001]);
    expect(second.IsTruncated).toBe(false);
    await client().send(new AbortMultipartUploadCommand(upload.id));
  });

  test("open uploads are listed with neither metadata nor tags: two on one key look alike", async () => {
    const key = newKey();
    const one = await beginUpload(client(), bucket(), key, { Metadata: { run: "1" }, Tagging: "run=1" });
    const other = await beginUpload(client(), bucket(), key, { Metadata: { run: "2" }, Tagging: "run=2" });
    const { Uploads = [] } = await client().send(
      new ListMultipartUploadsCommand({ Bucket: bucket(), Prefix: key }),
    );
    expect(Uploads.map(({ UploadId }) => UploadId).sort()).toEqual([one.UploadId, other.UploadId].sort());
    const [first, second] = Uploads.map(({ UploadId, Initiated, ...rest }) => rest);
    expect(first).toEqual(second);
    for (const { id } of [one, other]) await client().send(new AbortMultipartUploadCommand(id));
  });
}
