import { expect, test } from "vitest";
import { silentLogger } from "../../functions/log.ts";
import { MAX_DESCRIPTOR_BYTES } from "../../functions/sync/ovfDescriptor.ts";
import { ovfItem, startSyncWorkflow } from "./harness.ts";

test("a descriptor too long to be read fails no item, and is told of in the log", async () => {
  const [short, long] = ["short", "long"].map((name) =>
    ovfItem(name, ["a.vmdk"], ["a.vmdk", "missing.vmdk"]),
  );
  const descriptor = long?.files[0];
  if (!short || !long || !descriptor || !("content" in descriptor) || !Buffer.isBuffer(descriptor.content)) {
    throw new TypeError("an OVF item begins with its descriptor");
  }
  descriptor.content = Buffer.concat([descriptor.content, Buffer.alloc(MAX_DESCRIPTOR_BYTES, "\n")]);
  await using workflow = await startSyncWorkflow([short, long]);
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
      bytes: descriptor.content.length,
      reason: "it has more than 4194304 bytes",
    },
  ]);
});
