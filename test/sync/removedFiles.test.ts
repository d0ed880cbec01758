import { PassThrough } from "node:stream";
import { DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import type { Manifest } from "../../functions/catalog/manifest.ts";
import { retireFiles } from "../../functions/sync/retireFiles.ts";
import { syncTable } from "../../local/display/syncTable.ts";
import { BUCKET } from "../workflow/harness.ts";
import { ovfItem, plainItem, type SyncWorkflow, startSyncWorkflow } from "./harness.ts";

const LOST = "Golden/vm/disk-1.vmdk";
const NOW = "2026-06-01T00:00:00.000Z";

/** A mirror of an OVF with a disk that its descriptor does not reference, and that vCenter has lost since. */
async function afterRemoval(): Promise<SyncWorkflow> {
  const workflow = await startSyncWorkflow([ovfItem("vm", ["disk-0.vmdk", "disk-1.vmdk"], ["disk-0.vmdk"])]);
  await workflow.sync();
  workflow.vcenter.removeFile(workflow.vcenter.itemId("vm"), "disk-1.vmdk");
  workflow.transfers();
  return workflow;
}

async function manifestOf(workflow: SyncWorkflow, item = "vm"): Promise<Manifest> {
  // This program has written it.
  return (await workflow.json(`Golden/${item}/.export.json`)) as Manifest;
}

const recorded = async (workflow: SyncWorkflow) => (await manifestOf(workflow)).files.map(({ name }) => name);

async function indexed(workflow: SyncWorkflow): Promise<string[]> {
  // Of the shape of the index.
  const index = (await workflow.json("Golden/items.json")) as { items: { files: { name: string }[] }[] };
  return index.items.flatMap(({ files }) => files.map(({ name }) => name)).sort();
}

test("a file that an item has no more is kept, but is no part of the item in the index", async () => {
  await using workflow = await afterRemoval();
  expect((await workflow.sync()).items.vm).toMatchObject({ status: "UNCHANGED", filesRetired: 0 });
  expect(workflow.keys()).toContain(LOST);
  expect(await recorded(workflow)).toContain("disk-1.vmdk");
  expect(await indexed(workflow)).toEqual(["disk-0.vmdk", "vm.ovf"]);
});

test("an item that is gone as well keeps its place in the index, without the file that it had lost before", async () => {
  await using workflow = await afterRemoval();
  await workflow.sync();
  workflow.vcenter.removeItem(workflow.vcenter.itemId("vm"));
  expect((await workflow.sync()).items.vm).toMatchObject({ status: "KEPT" });
  expect(await indexed(workflow)).toEqual(["disk-0.vmdk", "vm.ovf"]);
});

test("it is marked where items are: once, and until it comes back", async () => {
  await using workflow = await afterRemoval();
  const marks = async () =>
    (await manifestOf(workflow)).files.flatMap(({ name, deletedAtSource }) => (deletedAtSource ? name : []));
  expect((await workflow.sync({ onDelete: "mark" })).items.vm).toMatchObject({ filesRetired: 1 });
  expect(await marks()).toEqual(["disk-1.vmdk"]);
  expect(workflow.keys()).toContain(LOST);
  expect((await workflow.sync({ onDelete: "mark" })).items.vm).toMatchObject({ filesRetired: 0 });

  const content = Buffer.from("vm disk-1.vmdk");
  const { vcenter } = workflow;
  await vcenter.replaceFile(vcenter.itemId("vm"), { name: "disk-1.vmdk", content });
  expect((await workflow.sync({ onDelete: "mark" })).items.vm).toMatchObject({ action: "CHANGED" });
  expect(await marks()).toEqual([]);
  expect(await indexed(workflow)).toContain("disk-1.vmdk");
});

test("it is deleted where items are, and the rest of its item is not", async () => {
  await using workflow = await afterRemoval();
  const { report, items } = await workflow.sync({ onDelete: "delete" });
  expect(items.vm).toMatchObject({ status: "UNCHANGED", filesRetired: 1, error: null });
  expect(workflow.keys()).toEqual(
    ["items.json", "lib.json", "vm/.export.json", "vm/disk-0.vmdk", "vm/item.json", "vm/vm.ovf"].map(
      (key) => `Golden/${key}`,
    ),
  );
  expect(await recorded(workflow)).toEqual(["disk-0.vmdk", "vm.ovf"]);
  expect(await indexed(workflow)).toEqual(["disk-0.vmdk", "vm.ovf"]);
  expect(syncTable(report, Object.values(items), new PassThrough())).toContain("unchanged, 1 gone");
  expect(workflow.transfers()).toEqual([]);
});

test("a dry run tells of it, and deletes nothing", async () => {
  await using workflow = await afterRemoval();
  const { items } = await workflow.sync({ onDelete: "delete", dryRun: true });
  expect(items.vm).toMatchObject({ filesRetired: 1 });
  expect(workflow.keys()).toContain(LOST);
});

test("a file that vCenter does not list but still has is not deleted", async () => {
  await using workflow = await startSyncWorkflow([ovfItem("vm", ["disk-0.vmdk", "disk-1.vmdk"])]);
  await workflow.sync();
  const files = ["vm.ovf", "disk-0.vmdk"].map((name) => ({ name, size: 1, cached: true, version: "1" }));
  const { faults } = workflow.vcenter.behaviour;
  faults.push({ on: "item-file.list", status: 200, body: JSON.stringify(files) });
  await workflow.sync({ onDelete: "delete" });
  faults.push({ on: "item-file.list", status: 200, body: "[]" });
  await workflow.sync({ onDelete: "delete" });
  expect(workflow.keys()).toContain(LOST);
});

test("a file that the sync leaves out is still the item's", async () => {
  await using workflow = await startSyncWorkflow([ovfItem("vm", ["disk-0.vmdk", "disk-1.vmdk"])]);
  await workflow.sync();
  const { items } = await workflow.sync({ onDelete: "delete", exclude: ["disk-1.*"] });
  expect(items.vm).toMatchObject({ filesRetired: 0 });
  expect(workflow.keys()).toContain(LOST);
});

test("a renamed file is exported again, and gone under its old name only then", async () => {
  await using workflow = await startSyncWorkflow([plainItem("one")]);
  const { vcenter } = workflow;
  await workflow.sync();
  const id = vcenter.itemId("one");
  await vcenter.replaceFile(id, { name: "renamed.bin", content: Buffer.from("one") });
  vcenter.removeFile(id, "one.bin");
  vcenter.behaviour.wrongSessionChecksums = ["renamed.bin"];
  const failed = await workflow.sync({ onDelete: "delete" });
  expect(failed.items.one).toMatchObject({ status: "FAILED", filesRetired: 0 });
  expect(workflow.keys()).toContain("Golden/one/one.bin");

  vcenter.behaviour.wrongSessionChecksums = [];
  const { items } = await workflow.sync({ onDelete: "delete" });
  expect(items.one).toMatchObject({ status: "EXPORTED", filesMoved: 1, filesRetired: 1 });
  expect(workflow.keys()).not.toContain("Golden/one/one.bin");
  expect(await indexed(workflow)).toEqual(["renamed.bin"]);
});

test("what has an earlier name stays when what was exported under the new one is gone again", async () => {
  const files = ["a", "b"].map((name) => ({ name, content: Buffer.from(name) }));
  await using workflow = await startSyncWorkflow([{ name: "before", type: "other", files }]);
  const { vcenter, s3, s3Client } = workflow;
  await workflow.sync();
  vcenter.renameItem(vcenter.itemId("before"), "after");
  const Key = "Golden/after/b";
  // Asked first by the plan of the export, then for its manifest.
  const meanwhile = async () => void (await s3Client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key })));
  s3.faults.push({ operation: "HeadObject", key: Key, nth: 2, meanwhile });
  await workflow.sync({ onDelete: "delete" });
  expect(workflow.keys()).not.toContain(Key);
  expect(workflow.keys()).toEqual(expect.arrayContaining(["Golden/before/a", "Golden/before/b"]));

  await workflow.sync({ onDelete: "delete" });
  expect(workflow.keys()).toContain(Key);
  expect(workflow.keys().filter((key) => key.startsWith("Golden/before/"))).toEqual([]);
});

test("a disk that the descriptor references stays: without it the OVF is not whole", async () => {
  await using workflow = await startSyncWorkflow([ovfItem("vm", ["disk-0.vmdk", "disk-1.vmdk"])]);
  await workflow.sync();
  workflow.vcenter.removeFile(workflow.vcenter.itemId("vm"), "disk-1.vmdk");
  const { items } = await workflow.sync({ onDelete: "delete" });
  expect(items.vm).toMatchObject({ status: "FAILED", error: { name: "ItemIncomplete" }, filesRetired: 0 });
  expect(workflow.keys()).toContain(LOST);
});

test("what a crash leaves between the object and the manifest, the next sync removes", async () => {
  await using workflow = await afterRemoval();
  workflow.s3.faults.push({ operation: "PutObject", key: "Golden/vm/.export.json", status: 403 });
  expect((await workflow.sync({ onDelete: "delete" })).report).toMatchObject({
    status: "FAILED",
    error: { name: "DestinationDenied" },
  });
  expect(workflow.keys()).not.toContain(LOST);
  expect(await recorded(workflow)).toContain("disk-1.vmdk");
  expect((await workflow.sync({ onDelete: "delete" })).report).toMatchObject({ status: "SYNCHRONIZED" });
  expect(await recorded(workflow)).toEqual(["disk-0.vmdk", "vm.ovf"]);
});

test("an object that somebody put in its place is not deleted", async () => {
  await using workflow = await afterRemoval();
  await workflow.s3Client.send(new PutObjectCommand({ Bucket: BUCKET, Key: LOST, Body: "somebody's" }));
  await workflow.sync({ onDelete: "delete" });
  expect((await workflow.object(LOST)).body.toString()).toBe("somebody's");
});

test("a file that an export has found again since the plan was made is not deleted", async () => {
  await using workflow = await afterRemoval();
  const { s3Client } = workflow;
  const planned = await manifestOf(workflow);
  const files = planned.files.map((file) => ({ ...file, contentVersion: "9" }));
  const Body = JSON.stringify({ ...planned, files });
  await s3Client.send(new PutObjectCommand({ Bucket: BUCKET, Key: "Golden/vm/.export.json", Body }));
  const stored = { folder: "Golden/vm/", manifest: planned, intact: [] };
  const catalog = { s3: s3Client, bucket: BUCKET };
  expect(await retireFiles(catalog, stored, ["disk-1.vmdk"], "delete", NOW)).toBe(0);
  expect(workflow.keys()).toContain(LOST);
  expect(await recorded(workflow)).toContain("disk-1.vmdk");
});
