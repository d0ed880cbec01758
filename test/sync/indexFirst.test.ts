import { PutObjectCommand } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { keyOf, type VcspItem } from "../../functions/catalog/vcsp.ts";
import { BUCKET } from "../workflow/harness.ts";
import { ovfItem, plainItem, type SyncWorkflow, startSyncWorkflow } from "./harness.ts";

/** A mirror of which vCenter has lost an item and a file of another, and has renamed a third. */
async function startWithDeletions(): Promise<SyncWorkflow> {
  const workflow = await startSyncWorkflow([
    plainItem("old"),
    plainItem("before"),
    ovfItem("vm", ["disk-0.vmdk", "disk-1.vmdk"], ["disk-0.vmdk"]),
    plainItem("stays"),
  ]);
  const { vcenter } = workflow;
  await workflow.sync();
  vcenter.removeItem(vcenter.itemId("old"));
  vcenter.renameItem(vcenter.itemId("before"), "after");
  vcenter.removeFile(vcenter.itemId("vm"), "disk-1.vmdk");
  return workflow;
}

const DELETED = ["Golden/before/before.bin", "Golden/old/old.bin", "Golden/vm/disk-1.vmdk"];

/** Keys of the objects that a subscriber would ask for now. */
async function named(workflow: SyncWorkflow): Promise<string[]> {
  // This program has written it.
  const { items } = (await workflow.json("Golden/items.json")) as { items: VcspItem[] };
  return items.flatMap(({ files }) =>
    files.flatMap(({ hrefs }) => hrefs.map((href) => `Golden/${keyOf(href)}`)),
  );
}

test("nothing that the index names is deleted: it leaves the index first", async () => {
  await using workflow = await startWithDeletions();
  const namedAtDeletion = new Map<string, boolean>();
  for (const key of DELETED) {
    const meanwhile = async () => void namedAtDeletion.set(key, (await named(workflow)).includes(key));
    workflow.s3.faults.push({ operation: "DeleteObject", key, meanwhile });
  }
  const { report } = await workflow.sync({ onDelete: "delete" });
  expect(report).toMatchObject({ status: "SYNCHRONIZED" });
  expect([...namedAtDeletion.keys()].sort()).toEqual(DELETED);
  expect([...namedAtDeletion.values()]).toEqual([false, false, false]);
  const there = ["after/before.bin", "stays/stays.bin", "vm/disk-0.vmdk", "vm/vm.ovf"];
  expect((await named(workflow)).sort()).toEqual(there.map((key) => `Golden/${key}`));
});

test("a sync that ends after its deletions, and before their page is recorded, leaves no index that names them", async () => {
  await using workflow = await startWithDeletions();
  workflow.s3.faults.push({ operation: "PutObject", key: /\/syncs\/.*\/result\.json$/, status: 403 });
  const { report } = await workflow.sync({ onDelete: "delete" });
  expect(report).toMatchObject({ status: "FAILED", error: { name: "DestinationDenied" } });
  for (const key of DELETED) expect(workflow.keys()).not.toContain(key);
  expect(workflow.keys()).toEqual(expect.arrayContaining(await named(workflow)));
});

test.each([
  ["items.json", "while the index names it", true],
  ["lib.json", "while subscribers are told of no change", false],
])("an item is not deleted when %s cannot be written, %s", async (name, _why, isNamed) => {
  await using workflow = await startWithDeletions();
  workflow.s3.faults.push({ operation: "PutObject", key: `Golden/${name}`, status: 403 });
  const { items } = await workflow.sync({ onDelete: "delete" });
  expect(items.old).toMatchObject({ status: "FAILED", error: { name: "DestinationDenied" } });
  expect(workflow.keys()).toContain("Golden/old/old.bin");
  expect((await named(workflow)).includes("Golden/old/old.bin")).toBe(isNamed);
  expect((await workflow.sync({ onDelete: "delete" })).items.old).toMatchObject({ status: "DELETED" });
});

/** A mirror of which a file of one item has to go, beside another that changed. */
async function startWithReplacement(): Promise<SyncWorkflow> {
  const workflow = await startSyncWorkflow([
    ovfItem("vm", ["disk-0.vmdk", "disk-1.vmdk"], ["disk-0.vmdk"]),
    plainItem("stays"),
  ]);
  await workflow.sync();
  workflow.vcenter.removeFile(workflow.vcenter.itemId("vm"), "disk-1.vmdk");
  const changed = { name: "stays.bin", content: { size: 700, seed: "changed" } };
  await workflow.vcenter.replaceFile(workflow.vcenter.itemId("stays"), changed);
  return workflow;
}

test.each([
  ["the index", { operation: "PutObject", key: "Golden/items.json" }],
  ["the object", { operation: "DeleteObject", key: "Golden/vm/disk-1.vmdk" }],
] as const)("an item whose file cannot be removed for %s fails alone, by the name and the key, and the next sync mends it", async (_what, at) => {
  await using workflow = await startWithReplacement();
  workflow.s3.faults.push({ ...at, status: 403 });
  const { items } = await workflow.sync({ onDelete: "delete" });
  const message = expect.stringContaining(`s3://${BUCKET}/${at.key}`);
  expect(items.vm).toMatchObject({
    status: "FAILED",
    filesRetired: 0,
    error: { name: "DestinationDenied", message },
  });
  expect(items.stays).toMatchObject({ status: "EXPORTED", error: null });
  expect(workflow.keys()).toContain("Golden/vm/disk-1.vmdk");
  const again = await workflow.sync({ onDelete: "delete" });
  expect(again.report).toMatchObject({ status: "SYNCHRONIZED" });
  expect(again.items.vm).toMatchObject({ filesRetired: 1 });
  expect(workflow.keys()).not.toContain("Golden/vm/disk-1.vmdk");
});

test("without an index none is begun by a deletion", async () => {
  await using workflow = await startSyncWorkflow([plainItem("old"), plainItem("stays")]);
  await workflow.sync({ index: false });
  workflow.vcenter.removeItem(workflow.vcenter.itemId("old"));
  workflow.s3.faults.push({ operation: "PutObject", key: /\/syncs\/.*\/result\.json$/, status: 403 });
  await workflow.sync({ onDelete: "delete" });
  expect(workflow.keys()).toEqual(["Golden/stays/.export.json", "Golden/stays/stays.bin"]);
});

test("another library's index keeps nothing from being deleted, and is told of at the end", async () => {
  await using workflow = await startWithDeletions();
  const Body = JSON.stringify({
    version: "1",
    name: "Other",
    id: "urn:uuid:other",
    created: "2026-01-01T00:00Z",
  });
  await workflow.s3Client.send(new PutObjectCommand({ Bucket: BUCKET, Key: "Golden/lib.json", Body }));
  const { report, items } = await workflow.sync({ onDelete: "delete" });
  expect(report).toMatchObject({ status: "FAILED", error: { name: "ObjectExists" } });
  expect(items.old).toMatchObject({ status: "DELETED" });
  expect(items.vm).toMatchObject({ filesRetired: 1 });
});
