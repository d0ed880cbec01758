import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { CatalogBucket } from "../../functions/catalog/bucket.ts";
import {
  type Manifest,
  mergeManifest,
  readManifest,
  updateManifest,
} from "../../functions/catalog/manifest.ts";
import { openRunRecords, type RunRecord } from "../../functions/catalog/runRecords.ts";
import { DestinationChanged, DestinationTaken, ManifestUnreadable } from "../../functions/errors.ts";
import { createS3Client } from "../../functions/transfer/s3/uploadClient.ts";
import { type S3Simulator, startS3 } from "../../simulators/s3/index.ts";

let directory: string;
let s3: S3Simulator;
let catalog: CatalogBucket;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "catalog-"));
  s3 = await startS3({ directory, buckets: ["catalog"] });
  const client = createS3Client({ endpoint: s3.url, region: s3.region, credentials: s3.credentials });
  catalog = { s3: client, bucket: "catalog" };
});

afterAll(async () => {
  catalog.s3.destroy();
  await s3.close();
  await rm(directory, { recursive: true, force: true });
});

beforeEach(() => {
  s3.requests.length = 0;
});

const owner = { vcenter: "lab", libraryItemId: "item-1" };

function manifest(...names: string[]): Manifest {
  return {
    format: "library-export/1",
    ...owner,
    library: { id: "l", name: "Golden images" },
    item: { name: "ubuntu", type: "ovf" },
    contentVersion: "1",
    updatedAt: "2026-01-01T00:00:00.000Z",
    files: names.map((name) => ({
      name,
      key: name,
      versionId: null,
      etag: '"1"',
      size: 1,
      checksum: null,
      fileVersion: "1",
      contentVersion: "1",
      recordedAt: "2026-01-01T00:00:00.000Z",
    })),
  };
}

describe("the manifest", () => {
  test("is read back as it was written, with nothing there at first", async () => {
    expect(await readManifest(catalog, "m1", owner)).toBeUndefined();
    await updateManifest(catalog, "m1", owner, () => manifest("a"));
    expect((await readManifest(catalog, "m1", owner))?.manifest).toEqual(manifest("a"));
  });

  test("is written again on top of what another execution wrote in between", async () => {
    await updateManifest(catalog, "m2", owner, () => manifest("a"));
    let seen = 0;
    await updateManifest(catalog, "m2", owner, (earlier) => {
      seen += 1;
      return mergeManifest(earlier, manifest("c"));
    });
    expect(seen).toBe(1);

    s3.faults.push({ operation: "PutObject", key: "m2", status: 412 });
    await updateManifest(catalog, "m2", owner, (earlier) => mergeManifest(earlier, manifest("b")));
    const found = await readManifest(catalog, "m2", owner);
    expect(found?.manifest.files.map(({ name }) => name)).toEqual(["a", "b", "c"]);
  });

  test("is given up after five such rounds", async () => {
    s3.faults.push({ operation: "PutObject", key: "m3", status: 412, times: 5 });
    await expect(updateManifest(catalog, "m3", owner, () => manifest("a"))).rejects.toThrow(
      DestinationChanged,
    );
  });

  test("is not written when nothing in it would change", async () => {
    await updateManifest(catalog, "m4", owner, () => manifest("a"));
    s3.requests.length = 0;
    const later = { ...manifest("a"), updatedAt: "2026-02-02T00:00:00.000Z" };
    await updateManifest(catalog, "m4", owner, (earlier) => mergeManifest(earlier, later));
    expect(s3.requests).toEqual(["GetObject"]);
  });

  test("is never taken from another item or vCenter", async () => {
    await updateManifest(catalog, "m5", owner, () => manifest("a"));
    for (const other of [
      { ...owner, vcenter: "elsewhere" },
      { ...owner, libraryItemId: "item-2" },
    ]) {
      await expect(readManifest(catalog, "m5", other)).rejects.toThrow(DestinationTaken);
    }
  });

  test.each([
    "",
    "<html>",
    "[]",
    '{"format": "library-export/99"}',
  ])("is ManifestUnreadable as %j", async (body) => {
    await catalog.s3.send(new PutObjectCommand({ Bucket: "catalog", Key: "m6", Body: body }));
    await expect(readManifest(catalog, "m6", owner)).rejects.toThrow(ManifestUnreadable);
    await expect(readManifest(catalog, "m6", owner)).rejects.toThrow("s3://catalog/m6");
  });
});

test("a merge keeps other files, replaces its own, and remembers since when an object is recorded", () => {
  const later = manifest("a", "c");
  for (const file of later.files) file.recordedAt = "2026-02-02T00:00:00.000Z";
  const [a, c] = later.files;
  if (a === undefined || c === undefined) throw new Error("two files were made");
  c.etag = '"2"';
  const merged = mergeManifest(manifest("a", "b", "c"), later);
  expect(merged.files.map(({ name, etag, recordedAt }) => [name, etag, recordedAt.slice(0, 7)])).toEqual([
    ["a", '"1"', "2026-01"],
    ["b", '"1"', "2026-01"],
    ["c", '"2"', "2026-02"],
  ]);
});

describe("run records", () => {
  const record: RunRecord = {
    run: "run-1",
    index: 3,
    vcenter: "lab",
    libraryItemId: "item-1",
    fileName: "disk.vmdk",
    bucket: "catalog",
    key: "Golden images/ubuntu/disk.vmdk",
    state: "TRANSFERRING",
    error: null,
    bytes: 10,
    bytesPerSecond: null,
    totalBytes: null,
    openingSession: null,
    downloadSessionIds: ["a:b"],
    uploads: [{ bucket: "catalog", key: "k", uploadId: "u" }],
    staging: { bucket: "catalog", key: "s" },
    startedAt: "2026-01-01T00:00:00.000Z",
    updatedAt: "2026-01-01T00:00:00.000Z",
  };

  test("are written, read, and listed in the files' order", async () => {
    const records = openRunRecords(catalog, "nightly/", "run-1");
    expect(await records.read(3)).toBeUndefined();
    for (const index of [10, 3]) await records.write({ ...record, index });
    expect(s3.objects("catalog")).toContain("nightly/.library-export/runs/run-1/3.json");
    expect(await records.read(3)).toEqual(record);
    expect((await records.list()).map(({ index }) => index)).toEqual([3, 10]);
  });

  test("remember a refused log-in and a stop for their own run, and are cleared with it", async () => {
    const records = openRunRecords(catalog, "", "run-2");
    const others = openRunRecords(catalog, "", "run-3");
    await records.write({ ...record, run: "run-2" });
    await records.markLoginRefused();
    expect([await records.isLoginRefused(), await others.isLoginRefused()]).toEqual([true, false]);
    expect(await records.list()).toHaveLength(1);

    await records.markStopped();
    expect([await records.isStopped(), await others.isStopped()]).toEqual([true, false]);

    await records.clear(new Set([3]));
    expect(await records.exist()).toBe(true);
    expect([(await records.list()).length, await records.isLoginRefused()]).toEqual([1, false]);
    await records.clear();
    expect(await records.exist()).toBe(false);
  });
});
