import { expect, test } from "vitest";
import type { VcspItem } from "../../functions/catalog/vcsp.ts";
import { ovfItem, plainItem, type SyncWorkflow, startSyncWorkflow } from "./harness.ts";

/** Size of each file that the index lists, by its name. */
async function indexed(workflow: SyncWorkflow): Promise<Record<string, number>> {
  // This program has written it.
  const { items } = (await workflow.json("Golden/items.json")) as { items: VcspItem[] };
  return Object.fromEntries(items.flatMap(({ files }) => files.map(({ name, size }) => [name, size])));
}

test("between a replaced object and its manifest: in no index until it is recorded, and moved only once", async () => {
  await using workflow = await startSyncWorkflow([plainItem("one"), plainItem("two")]);
  const { vcenter } = workflow;
  await workflow.sync();
  await vcenter.replaceFile(vcenter.itemId("one"), { name: "one.bin", content: Buffer.from("another") });
  workflow.s3.faults.push({ operation: "PutObject", key: "Golden/one/.export.json", status: 403 });
  const crashed = await workflow.sync();
  expect(crashed.items.one).toMatchObject({ status: "FAILED", error: { name: "DestinationDenied" } });
  expect((await workflow.object("Golden/one/one.bin")).body.toString()).toBe("another");
  expect(await indexed(workflow)).toEqual({ "two.bin": 3 });

  workflow.transfers();
  const { items, report } = await workflow.sync();
  expect(items.one).toMatchObject({ action: "CHANGED", status: "UNCHANGED" });
  expect(report).toMatchObject({ status: "SYNCHRONIZED" });
  expect(workflow.transfers()).toEqual([]);
  expect(await indexed(workflow)).toEqual({ "one.bin": 7, "two.bin": 3 });
  expect((await workflow.sync()).items.one).toMatchObject({ action: "UNCHANGED" });
});

test("between two files of an item: the next sync moves the rest alone", async () => {
  await using workflow = await startSyncWorkflow([ovfItem("vm", ["disk-0.vmdk", "disk-1.vmdk"])]);
  workflow.vcenter.behaviour.faults.push({ on: "data", fileName: "disk-1.vmdk", times: 100, status: 404 });
  expect((await workflow.sync()).items.vm).toMatchObject({ status: "FAILED" });
  expect(await indexed(workflow)).toEqual({});
  workflow.vcenter.behaviour.faults = [];
  workflow.transfers();
  expect((await workflow.sync()).items.vm).toMatchObject({ status: "EXPORTED", filesMoved: 1 });
  expect(workflow.transfers()).toEqual(["disk-1.vmdk"]);
  expect(Object.keys(await indexed(workflow))).toHaveLength(3);
});

test("between the objects of a deleted item and its manifest: the next sync deletes the rest", async () => {
  await using workflow = await startSyncWorkflow([plainItem("old"), plainItem("stays")]);
  await workflow.sync();
  workflow.vcenter.removeItem(workflow.vcenter.itemId("old"));
  const key = "Golden/old/.export.json";
  workflow.s3.faults.push({ operation: "DeleteObject", key, status: 403 });
  expect((await workflow.sync({ onDelete: "delete" })).items.old).toMatchObject({ status: "FAILED" });
  expect(workflow.keys()).toContain(key);
  expect(workflow.keys()).not.toContain("Golden/old/old.bin");
  expect(await indexed(workflow)).toEqual({ "stays.bin": 5 });
  expect((await workflow.sync({ onDelete: "delete" })).items.old).toMatchObject({ status: "DELETED" });
  expect(workflow.keys().filter((left) => left.startsWith("Golden/old/"))).toEqual([]);
});

test("two syncs at once that change and delete, and an export beside them, end as one would", async () => {
  await using workflow = await startSyncWorkflow([
    plainItem("old"),
    plainItem("before"),
    plainItem("one"),
    ovfItem("vm", ["disk-0.vmdk", "disk-1.vmdk"], ["disk-0.vmdk"]),
  ]);
  const { vcenter } = workflow;
  await workflow.sync();
  vcenter.removeItem(vcenter.itemId("old"));
  vcenter.renameItem(vcenter.itemId("before"), "after");
  vcenter.removeFile(vcenter.itemId("vm"), "disk-1.vmdk");
  await vcenter.replaceFile(vcenter.itemId("one"), { name: "one.bin", content: Buffer.from("another") });

  const single = workflow.run({ libraryItemId: vcenter.itemId("one") });
  await Promise.all([workflow.sync({ onDelete: "delete" }), workflow.sync({ onDelete: "delete" }), single]);
  const { report } = await workflow.sync({ onDelete: "delete" });
  expect(report).toMatchObject({ status: "SYNCHRONIZED", counts: { UNCHANGED: 3 }, filesMoved: 0 });
  expect(workflow.keys().filter((key) => !key.endsWith(".json"))).toEqual([
    "Golden/after/before.bin",
    "Golden/one/one.bin",
    "Golden/vm/disk-0.vmdk",
    "Golden/vm/vm.ovf",
  ]);
  expect((await workflow.object("Golden/one/one.bin")).body.toString()).toBe("another");
  expect(Object.keys(await indexed(workflow)).sort()).toEqual([
    "before.bin",
    "disk-0.vmdk",
    "one.bin",
    "vm.ovf",
  ]);
});
