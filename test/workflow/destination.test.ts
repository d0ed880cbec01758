import { PutObjectCommand } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { BUCKET, expectNothingLeft, startWorkflow, type Workflow } from "./harness.ts";

const MANIFEST = "Golden images/ubuntu/.export.json";
const DISK = "Golden images/ubuntu/disk-0.vmdk";

async function put({ s3Client }: Workflow, key: string, body: string, metadata = {}) {
  await s3Client.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: body, Metadata: metadata }));
}

test("leaves unchanged files alone: no download session is opened, and nothing is written", async () => {
  await using workflow = await startWorkflow();
  const first = await workflow.run();
  const written = workflow.vcenter.requests.length;
  const manifest = await workflow.object(MANIFEST);
  const { report, statesOf } = await workflow.run();

  expect(report.status).toBe("UNCHANGED");
  expect(report.manifest).toEqual(first.report.manifest);
  expect(report.files.map(({ status, checksum, size }) => ({ status, checksum, size }))).toEqual(
    first.report.files.map(({ checksum, size }) => ({ status: "UNCHANGED", checksum, size })),
  );
  expect(statesOf("disk-0.vmdk")).toEqual(["FileAction", "FileUnchanged"]);
  const asked = workflow.vcenter.requests.slice(written).map(({ operation }) => operation);
  expect(asked).not.toContain("download-session.create");
  expect((await workflow.object(MANIFEST)).body).toEqual(manifest.body);
  expectNothingLeft(workflow);
});

test("replaces only the file that was uploaded again", async () => {
  await using workflow = await startWorkflow();
  await workflow.run();
  const { vcenter } = workflow;
  await vcenter.replaceFile(vcenter.itemId("ubuntu"), { name: "ubuntu.ovf", content: Buffer.from("<New/>") });
  const { report } = await workflow.run();

  expect(report.files.map(({ name, status }) => [name, status])).toEqual([
    ["disk-0.vmdk", "UNCHANGED"],
    ["ubuntu.ovf", "EXPORTED"],
  ]);
  expect((await workflow.object("Golden images/ubuntu/ubuntu.ovf")).body.toString()).toBe("<New/>");
  expect((await workflow.run()).report.status).toBe("UNCHANGED");
  expectNothingLeft(workflow);
});

test("refuses to replace a changed file under overwrite never, and goes on with its siblings", async () => {
  await using workflow = await startWorkflow();
  await workflow.run({ include: ["ubuntu.ovf"] });
  const { vcenter } = workflow;
  await vcenter.replaceFile(vcenter.itemId("ubuntu"), { name: "ubuntu.ovf", content: Buffer.from("<New/>") });
  const { report, statesOf } = await workflow.run({ overwrite: "never" });

  expect(report).toMatchObject({ status: "FAILED", error: { name: "ObjectExists" } });
  expect(report.files.map(({ status }) => status)).toEqual(["EXPORTED", "FAILED"]);
  expect(statesOf("ubuntu.ovf")).toEqual(["FileAction", "FileRefused"]);
  expect((await workflow.object("Golden images/ubuntu/ubuntu.ovf")).body.toString()).toBe("<Envelope/>");
  expectNothingLeft(workflow);
});

test("keeps an object that somebody else wrote, unless overwrite is always", async () => {
  await using workflow = await startWorkflow();
  await put(workflow, DISK, "somebody else's");
  const refused = await workflow.run();
  expect(refused.report.error).toMatchObject({ name: "ObjectExists" });
  expect(refused.report.error?.message).toContain("overwrite: always");
  expect((await workflow.object(DISK)).body.toString()).toBe("somebody else's");

  const { report } = await workflow.run({ overwrite: "always" });
  expect(report).toMatchObject({ status: "EXPORTED", error: null });
  expect((await workflow.object(DISK)).body).toHaveLength(6 * 1024 * 1024);
  expectNothingLeft(workflow);
});

test("replaces nothing that appeared while the file was on its way", async () => {
  await using workflow = await startWorkflow();
  const execution = workflow.start({ include: ["disk-0.vmdk"] });
  await expect.poll(() => workflow.vcenter.openDownloadSessions().length, { interval: 2 }).toBe(1);
  await put(workflow, DISK, "faster");
  const { report } = await execution.finished;

  expect(report).toMatchObject({ status: "FAILED", error: { name: "DestinationChanged" } });
  expect((await workflow.object(DISK)).body.toString()).toBe("faster");
  expectNothingLeft(workflow);
});

test("ends with DestinationTaken where the manifest is another item's, before anything is downloaded", async () => {
  await using workflow = await startWorkflow();
  await workflow.run();
  const manifest = JSON.parse((await workflow.object(MANIFEST)).body.toString());
  await put(workflow, MANIFEST, JSON.stringify({ ...manifest, libraryItemId: "another-item" }));
  const { report, states } = await workflow.run();

  expect(report).toMatchObject({ status: "FAILED", files: [], error: { name: "DestinationTaken" } });
  expect(report.error?.message).toContain("another-item");
  expect(states).not.toContain("ExportFiles");
  expectNothingLeft(workflow);
});

test("ends with ManifestUnreadable where the manifest is not one", async () => {
  await using workflow = await startWorkflow();
  await put(workflow, MANIFEST, "<html>");
  const { report } = await workflow.run();
  expect(report.error).toMatchObject({ name: "ManifestUnreadable" });
  expect(report.error?.message).toContain(`s3://${BUCKET}/${MANIFEST}`);
  expectNothingLeft(workflow);
});

test("keeps what the manifest says of files that a later export does not touch", async () => {
  await using workflow = await startWorkflow();
  await workflow.run({ include: ["disk-0.vmdk"] });
  await workflow.run({ include: ["*.ovf"] });
  const manifest = JSON.parse((await workflow.object(MANIFEST)).body.toString());
  expect(manifest.files.map(({ name }: { name: string }) => name)).toEqual(["disk-0.vmdk", "ubuntu.ovf"]);
  expectNothingLeft(workflow);
});

test("writes under the prefix that the input names, and keeps its own records there too", async () => {
  await using workflow = await startWorkflow();
  const execution = workflow.start({ destination: { prefix: "/nightly/" } });
  await expect
    .poll(() => workflow.s3.objects(BUCKET), { interval: 2 })
    .toContain(`nightly/.library-export/runs/${execution.name}/0.json`);
  const { report } = await execution.finished;
  expect(report.manifest?.key).toBe(`nightly/${MANIFEST}`);
  expect(workflow.keys()).toEqual([
    "nightly/Golden images/ubuntu/.export.json",
    "nightly/Golden images/ubuntu/disk-0.vmdk",
    "nightly/Golden images/ubuntu/ubuntu.ovf",
  ]);
  expectNothingLeft(workflow);
});

test.each([
  ["DestinationNotAllowed", "a bucket that is not on the list", { destination: { bucket: "unlisted" } }, {}],
  [
    "DestinationDenied",
    "a bucket that does not exist",
    { destination: { bucket: "missing" } },
    { allowedBuckets: ["missing"] },
  ],
  ["DestinationDenied", "a bucket of another account", {}, { expectedBucketOwner: "999999999999" }],
  ["KeyTooLong", "a prefix that leaves no room", { destination: { prefix: "x".repeat(1020) } }, {}],
  ["InvalidInput", "a prefix that climbs", { destination: { prefix: "a/../b" } }, {}],
])("ends with %s for %s", async (name, _, input, settings) => {
  await using workflow = await startWorkflow({ settings });
  const { report } = await workflow.run(input);
  expect(report).toMatchObject({ status: "FAILED", error: { name } });
  expect(workflow.keys()).toEqual([]);
  expectNothingLeft(workflow);
});

test("says what is wrong with the bucket before it asks vCenter", async () => {
  await using workflow = await startWorkflow({ settings: { defaultBucket: "missing" } });
  expect((await workflow.run()).report.error?.name).toBe("DestinationDenied");
  expect(workflow.vcenter.loginAttempts()).toBe(0);
});

test.each([
  ["KeyTooLong", `${"long-".repeat(204)}.iso`],
  ["MetadataTooLarge", `${"長".repeat(338)}.iso`],
])("refuses with %s only the file whose name is too long", async (error, name) => {
  const files = [
    { name, content: Buffer.from("too long") },
    { name: "ok.iso", content: Buffer.from("ok") },
  ];
  await using workflow = await startWorkflow({
    libraries: [{ name: "l", items: [{ name: "i", id: "item-".repeat(80), type: "iso", files }] }],
  });
  const { report } = await workflow.run({ library: "l", item: "i" });
  expect(report.error?.name).toBe(error);
  expect(report.files.filter(({ status }) => status === "EXPORTED").map((file) => file.name)).toEqual([
    "ok.iso",
  ]);
  expectNothingLeft(workflow);
});

test("refuses what would need a staging object in a bucket that locks them, but not with a checksum up front", async () => {
  await using workflow = await startWorkflow({
    s3: { objectLock: { [BUCKET]: { mode: "GOVERNANCE", days: 1 } } },
  });
  const { report } = await workflow.run({ include: ["disk-0.vmdk"] });
  expect(report.error).toMatchObject({ name: "StagingNotPossible" });

  workflow.vcenter.behaviour.itemChecksum = "SHA256";
  const again = await workflow.run({ include: ["disk-0.vmdk"] });
  expect(again.report.error).toBeNull();
  expect(workflow.s3.requests).not.toContain("UploadPartCopy");
});
