import { HeadObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";
import { BUCKET } from "../workflow/harness.ts";
import { LIBRARY, plainItem, startSyncWorkflow } from "./harness.ts";

const OBJECTS = ["Golden/old/.export.json", "Golden/old/old.bin"];

/** A mirror of two items, of which vCenter has lost the one named "old". */
async function afterDeletion() {
  const workflow = await startSyncWorkflow([plainItem("old"), plainItem("stays")]);
  await workflow.sync();
  workflow.vcenter.removeItem(workflow.vcenter.itemId("old"));
  return workflow;
}

describe("an item that vCenter has no more", () => {
  test("is kept, in the index as well, unless something else is asked for", async () => {
    await using workflow = await afterDeletion();
    const { items, states } = await workflow.sync();
    expect(items.old).toMatchObject({ action: "GONE", status: "KEPT" });
    expect(states).not.toContain("RetireItems");
    expect(workflow.keys()).toEqual(expect.arrayContaining([...OBJECTS, "Golden/old/item.json"]));
  });

  test("is marked: its objects stay, the index has it no more, and a second sync has nothing to do", async () => {
    await using workflow = await afterDeletion();
    expect((await workflow.sync({ onDelete: "mark" })).items.old).toMatchObject({ status: "MARKED" });
    expect(workflow.keys()).toEqual(expect.arrayContaining(OBJECTS));
    expect(workflow.keys()).not.toContain("Golden/old/item.json");
    const again = await workflow.sync({ onDelete: "mark" });
    expect(again.items.old).toMatchObject({ status: "MARKED" });
    expect(again.states).not.toContain("RetireItems");
  });

  test("is deleted with everything that this program wrote of it, and nothing else", async () => {
    await using workflow = await afterDeletion();
    const { items, report } = await workflow.sync({ onDelete: "delete" });
    expect(items.old).toMatchObject({ status: "DELETED" });
    expect(report.counts).toMatchObject({ DELETED: 1, UNCHANGED: 1 });
    expect(workflow.keys()).toEqual([
      "Golden/items.json",
      "Golden/lib.json",
      "Golden/stays/.export.json",
      "Golden/stays/item.json",
      "Golden/stays/stays.bin",
    ]);
  });

  test("leaves its name to a new item in the same sync", async () => {
    await using workflow = await afterDeletion();
    const { vcenter } = workflow;
    await vcenter.addItem(vcenter.libraryId(LIBRARY), plainItem("old", "another"));
    const { report } = await workflow.sync({ onDelete: "delete" });
    expect(report).toMatchObject({ status: "SYNCHRONIZED", counts: { DELETED: 1, EXPORTED: 1 } });
    expect((await workflow.object("Golden/old/old.bin")).body.toString()).toBe("another");
  });

  test("is not replaced by a new item of its name while it is kept", async () => {
    await using workflow = await afterDeletion();
    const { vcenter } = workflow;
    await vcenter.addItem(vcenter.libraryId(LIBRARY), plainItem("old", "another"));
    const { report } = await workflow.sync();
    expect(report).toMatchObject({ status: "FAILED", error: { name: "DestinationTaken" } });
    expect((await workflow.object("Golden/old/old.bin")).body.toString()).toBe("old");
  });
});

test("an item that vCenter does not let the user see any more is kept", async () => {
  await using workflow = await afterDeletion();
  // Of the item that stays, and then of the one that is not listed.
  workflow.vcenter.behaviour.faults.push({ on: "item.get", skip: 1, status: 403 });
  const { items } = await workflow.sync({ onDelete: "delete" });
  expect(items.old).toMatchObject({ action: "GONE", status: "KEPT" });
  expect(workflow.keys()).toEqual(expect.arrayContaining(OBJECTS));
});

test("an item that S3 does not let be deleted fails alone, and goes with a later sync", async () => {
  await using workflow = await afterDeletion();
  workflow.s3.faults.push({ operation: "DeleteObject", key: "Golden/old/old.bin", status: 403 });
  const { items } = await workflow.sync({ onDelete: "delete" });
  expect(items.old).toMatchObject({ status: "FAILED", error: { name: "DestinationDenied" } });
  expect(items.stays).toMatchObject({ status: "UNCHANGED" });
  expect(workflow.keys()).toEqual(expect.arrayContaining(OBJECTS));
  expect((await workflow.sync({ onDelete: "delete" })).items.old).toMatchObject({ status: "DELETED" });
});

test("a manifest that somebody has changed deletes nothing outside of its item's folder", async () => {
  await using workflow = await afterDeletion();
  const { s3Client } = workflow;
  const key = "Golden/old/.export.json";
  const manifest = JSON.parse((await workflow.object(key)).body.toString());
  const { ETag } = await s3Client.send(
    new HeadObjectCommand({ Bucket: BUCKET, Key: "Golden/stays/stays.bin" }),
  );
  const elsewhere = { ...manifest.files[0], name: "x", key: "Golden/stays/stays.bin", etag: ETag };
  const Body = JSON.stringify({ ...manifest, files: [...manifest.files, elsewhere] });
  await s3Client.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body }));

  const { items } = await workflow.sync({ onDelete: "delete" });
  expect(items.old).toMatchObject({ status: "DELETED" });
  expect(workflow.keys()).toContain("Golden/stays/stays.bin");
  expect(workflow.keys()).not.toContain("Golden/old/old.bin");
});

test("nothing is deleted when vCenter lists no item at all, or still has the item that it did not list", async () => {
  await using workflow = await startSyncWorkflow([plainItem("one"), plainItem("two")]);
  const { vcenter } = workflow;
  await workflow.sync();
  const before = workflow.keys();
  vcenter.behaviour.faults.push({ on: "item.list", status: 200, body: "[]" });
  expect((await workflow.sync({ onDelete: "delete" })).report.counts).toMatchObject({ KEPT: 2, DELETED: 0 });
  const listed = JSON.stringify([vcenter.itemId("one")]);
  vcenter.behaviour.faults.push({ on: "item.list", status: 200, body: listed });
  expect((await workflow.sync({ onDelete: "delete" })).items.two).toMatchObject({
    action: "GONE",
    status: "KEPT",
  });
  expect(workflow.keys()).toEqual(before);
});

test("an item that is deleted between the list and the plan is treated as gone", async () => {
  await using workflow = await startSyncWorkflow([plainItem("one"), plainItem("two")]);
  const { vcenter } = workflow;
  await workflow.sync();
  const two = vcenter.itemId("two");
  const listed = JSON.stringify([vcenter.itemId("one"), two, "never-seen"]);
  vcenter.removeItem(two);
  vcenter.behaviour.faults.push({ on: "item.list", status: 200, body: listed });
  const { report, items } = await workflow.sync({ onDelete: "delete" });
  expect(report).toMatchObject({ status: "SYNCHRONIZED", counts: { UNCHANGED: 1, DELETED: 1 } });
  expect(Object.keys(items).sort()).toEqual(["one", "two"]);
});

describe("a renamed item", () => {
  async function afterRename() {
    const workflow = await startSyncWorkflow([plainItem("before")]);
    await workflow.sync();
    workflow.vcenter.renameItem(workflow.vcenter.itemId("before"), "after");
    return workflow;
  }

  test("is exported under its new name, and is one item in the index", async () => {
    await using workflow = await afterRename();
    expect((await workflow.sync()).items.after).toMatchObject({ action: "RENAMED", status: "EXPORTED" });
    expect(workflow.keys()).toEqual(
      expect.arrayContaining(["Golden/before/before.bin", "Golden/after/before.bin"]),
    );
    expect(await workflow.json("Golden/items.json")).toMatchObject({
      items: [{ name: "after", version: "2" }],
    });
    expect((await workflow.sync()).items.after).toMatchObject({ status: "UNCHANGED" });
  });

  test("has what is under its old name deleted once it is there under the new one, not before", async () => {
    await using workflow = await afterRename();
    workflow.vcenter.behaviour.wrongSessionChecksums = ["before.bin"];
    expect((await workflow.sync({ onDelete: "delete" })).items.after).toMatchObject({ status: "FAILED" });
    expect(workflow.keys()).toContain("Golden/before/before.bin");
    expect(await workflow.json("Golden/items.json")).toMatchObject({ items: [{ name: "before" }] });

    workflow.vcenter.behaviour.wrongSessionChecksums = [];
    await workflow.sync({ onDelete: "delete" });
    expect(workflow.keys().filter((key) => key.startsWith("Golden/before"))).toEqual([]);
    expect(await workflow.json("Golden/items.json")).toMatchObject({ items: [{ name: "after" }] });
  });
});
