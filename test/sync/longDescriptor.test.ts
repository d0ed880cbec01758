import { expect, test } from "vitest";
import { silentLogger } from "../../functions/log.ts";
import { MAX_DESCRIPTOR_BYTES } from "../../functions/sync/ovfDescriptor.ts";
import type { ItemSource } from "../../simulators/vcenter/index.ts";
import { ovfItem, startSyncWorkflow } from "./harness.ts";

/** An OVF of a disk and a descriptor that is too long, which references further disks as well. */
function longItem(name: string, disks: string[], referenced: string[]): ItemSource {
  const item = ovfItem(name, disks, referenced);
  const [descriptor, ...others] = item.files;
  if (!descriptor || !("content" in descriptor) || !Buffer.isBuffer(descriptor.content)) {
    throw new TypeError("an OVF item begins with its descriptor");
  }
  const content = Buffer.concat([descriptor.content, Buffer.alloc(MAX_DESCRIPTOR_BYTES, "\n")]);
  return { ...item, files: [{ ...descriptor, content }, ...others] };
}

test("a descriptor too long to be read fails no item, and is told of in the log", async () => {
  const disks = ["a.vmdk", "missing.vmdk"];
  await using workflow = await startSyncWorkflow([
    ovfItem("short", ["a.vmdk"], disks),
    longItem("long", ["a.vmdk"], disks),
  ]);
  const warnings: unknown[] = [];
  workflow.services.log = {
    ...silentLogger,
    warn: (message, fields) => warnings.push({ message, ...fields }),
  };

  const { items } = await workflow.sync();
  expect(items.short).toMatchObject({ status: "FAILED", error: { name: "ItemIncomplete" } });
  expect(items.long).toMatchObject({ status: "EXPORTED" });
  expect(warnings).toEqual([
    {
      message: expect.stringContaining("files that it references may be missing"),
      item: "long",
      key: "Golden/long/long.ovf",
      bytes: expect.any(Number),
      reason: "it has more than 4194304 bytes",
    },
  ]);
});

test.each([
  "mark",
  "delete",
] as const)("nothing of its item is retired with onDelete %s: it may reference the disk that nobody lists", async (onDelete) => {
  const disks = ["disk-0.vmdk", "disk-1.vmdk"];
  await using workflow = await startSyncWorkflow([
    longItem("vm", disks, disks),
    longItem("old", disks, disks),
  ]);
  const { vcenter } = workflow;
  await workflow.sync();
  for (const name of ["vm", "old"]) vcenter.removeFile(vcenter.itemId(name), "disk-1.vmdk");
  vcenter.renameItem(vcenter.itemId("old"), "new");

  const { items } = await workflow.sync({ onDelete });
  expect(items.vm).toMatchObject({ status: "UNCHANGED", filesRetired: 0 });
  expect(items.new).toMatchObject({ action: "RENAMED", status: "EXPORTED" });
  for (const name of ["vm", "old"]) {
    expect(workflow.keys()).toContain(`Golden/${name}/disk-1.vmdk`);
    expect(JSON.stringify(await workflow.json(`Golden/${name}/.export.json`))).not.toContain(
      "deletedAtSource",
    );
  }
});
