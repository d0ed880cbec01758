import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { expectNothingLeft, startWorkflow } from "./harness.ts";

const OVF = { include: ["ubuntu.ovf"] };

async function mounted(content: string, behaviour: object, use: (directory: string) => object) {
  const directory = await mkdtemp(join(tmpdir(), "datastore-"));
  const workflow = await startWorkflow({
    behaviour: { mayReadStorage: true, ...behaviour },
    settings: { mounts: [{ uri: "ds:///vmfs/volumes/6f1c", directory }], ...use(directory) },
  });
  const folder = join(directory, "contentlib-1", workflow.vcenter.itemId("ubuntu"));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "ubuntu.ovf"), content);
  return {
    workflow,
    async [Symbol.asyncDispose]() {
      await workflow[Symbol.asyncDispose]();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

test("reads a file from the datastore that is mounted here, and compares it with the item's checksum", async () => {
  await using setup = await mounted("<Envelope/>", { itemChecksum: "SHA1" }, () => ({}));
  const { report } = await setup.workflow.run(OVF);

  expect(report).toMatchObject({ status: "EXPORTED", error: null });
  expect(report.files[0]?.checksum).toMatchObject({ algorithm: "SHA1", source: "item" });
  expect(setup.workflow.vcenter.transfers).toEqual([]);
  expectNothingLeft(setup.workflow);
});

test("publishes nothing when the file there is another", async () => {
  await using setup = await mounted("<Envelope />", { itemChecksum: "SHA1" }, () => ({}));
  const { report } = await setup.workflow.run(OVF);

  expect(report.error?.name).toBe("ChecksumMismatch");
  expect(setup.workflow.keys()).toEqual([]);
  expectNothingLeft(setup.workflow);
});

test.each([
  ["PermissionDenied", { mayReadStorage: false }, {}],
  ["EndpointNotSupported", {}, { mounts: [{ uri: "ds:///vmfs/volumes/other", directory: tmpdir() }] }],
])("ends with %s where the datastore is out of reach", async (name, behaviour, settings) => {
  await using setup = await mounted("<Envelope/>", behaviour, () => settings);
  const { report } = await setup.workflow.run(OVF);

  expect(report.error?.name).toBe(name);
  expectNothingLeft(setup.workflow);
});
