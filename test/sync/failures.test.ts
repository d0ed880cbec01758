import { PutObjectCommand } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import type { Manifest } from "../../functions/catalog/manifest.ts";
import { PAGE_SIZE } from "../../functions/sync/records.ts";
import { BUCKET } from "../workflow/harness.ts";
import { LIBRARY, plainItem, type SyncWorkflow, startSyncWorkflow } from "./harness.ts";
import { syncWithoutMap } from "./withoutMap.ts";

/** Mirrors three items, and lets the bucket know of so many others that only the first is on the first page. */
async function startOnTwoPages(): Promise<SyncWorkflow> {
  const workflow = await startSyncWorkflow(["a", "b", "c"].map((name) => plainItem(name)));
  await workflow.sync();
  const numbers = Array.from({ length: PAGE_SIZE - 1 }, (_, number) => number);
  await Promise.all(
    numbers.map(async (number) => {
      const manifest: Manifest = {
        format: "library-export/1",
        vcenter: "lab",
        libraryItemId: `gone-${number}`,
        library: { id: workflow.vcenter.libraryId(LIBRARY), name: LIBRARY },
        item: { name: `gone-${number}`, type: "other" },
        contentVersion: "1",
        updatedAt: "2026-01-01T00:00:00.000Z",
        files: [],
      };
      const Key = `${LIBRARY}/gone-${number}/.export.json`;
      const Body = JSON.stringify(manifest);
      await workflow.s3Client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body }));
    }),
  );
  return workflow;
}

async function change({ vcenter }: SyncWorkflow, ...names: string[]): Promise<void> {
  for (const name of names) {
    await vcenter.replaceFile(vcenter.itemId(name), {
      name: `${name}.bin`,
      content: Buffer.from(`new ${name}`),
    });
  }
}

/** By name, the version and the size of the one file that a subscriber reads of each item. */
async function indexed(workflow: SyncWorkflow): Promise<Record<string, string>> {
  // Of the shape that the test of the index looks at.
  const { items } = (await workflow.json("Golden/items.json")) as {
    items: { name: string; version: string; files: { size: number }[] }[];
  };
  return Object.fromEntries(
    items.map(({ name, version, files }) => [name, `version ${version}, ${files[0]?.size} bytes`]),
  );
}

test("a sync that ends early has what it came to in the index, and leaves the rest as it was", async () => {
  await using workflow = await startOnTwoPages();
  await change(workflow, "a", "b");
  workflow.s3.faults.push({ operation: "PutObject", key: /\/syncs\/.*\/1\/plan\.json$/, status: 403 });
  const { report, items } = await workflow.sync();
  expect(report).toMatchObject({ status: "FAILED", error: { name: "DestinationDenied" } });
  expect(report.index).toEqual({ bucket: BUCKET, key: "Golden/lib.json" });
  expect(items.a).toMatchObject({ status: "EXPORTED" });
  expect(items.b).toBeUndefined();
  expect(await indexed(workflow)).toEqual({
    a: "version 2, 5 bytes",
    b: "version 1, 1 bytes",
    c: "version 1, 1 bytes",
  });

  expect((await workflow.sync()).report).toMatchObject({ status: "SYNCHRONIZED", filesMoved: 1 });
  expect(await indexed(workflow)).toEqual({
    a: "version 2, 5 bytes",
    b: "version 2, 5 bytes",
    c: "version 1, 1 bytes",
  });
});

test("a sync that ends before its first page is done leaves the index alone", async () => {
  await using workflow = await startSyncWorkflow([plainItem("a")]);
  await workflow.sync();
  await change(workflow, "a");
  workflow.s3.faults.push({ operation: "PutObject", key: /\/plan\.json$/, status: 403 });
  const { report } = await workflow.sync();
  expect(report).toMatchObject({ status: "FAILED", index: null, counts: { EXPORTED: 0, UNCHANGED: 0 } });
  expect(await indexed(workflow)).toEqual({ a: "version 1, 1 bytes" });
});

test("a page whose exports cannot be started fails its items alone: the other pages go on, and the index", async () => {
  await using workflow = await startOnTwoPages();
  await change(workflow, "a", "b");
  const report = await syncWithoutMap(workflow, (page) => page === 0);
  expect(report).toMatchObject({
    status: "FAILED",
    counts: { FAILED: 1, EXPORTED: 1, UNCHANGED: 1 },
    error: {
      name: "States.ItemReaderFailed",
      message: expect.stringContaining("The Map Run could not be started"),
    },
  });
  expect(await indexed(workflow)).toEqual({
    a: "version 1, 1 bytes",
    b: "version 2, 5 bytes",
    c: "version 1, 1 bytes",
  });
  expect(await syncWithoutMap(workflow, () => false)).toMatchObject({
    status: "SYNCHRONIZED",
    counts: { EXPORTED: 1, UNCHANGED: 2 },
  });
});
