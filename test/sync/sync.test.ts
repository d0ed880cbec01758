import { randomUUID } from "node:crypto";
import { DeleteObjectCommand } from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";
import { BUCKET, expectNothingLeft } from "../workflow/harness.ts";
import { ovfItem, plainItem, type SyncWorkflow, startSyncWorkflow } from "./harness.ts";

/** Of what a sync has written only the reports stay, apart from the mirror itself. */
async function expectOnlyReportsLeft(workflow: SyncWorkflow): Promise<void> {
  const own = workflow.s3.objects(BUCKET).filter((key) => key.startsWith(".library-export/"));
  expect(own.filter((key) => !key.startsWith(".library-export/reports/"))).toEqual([]);
  for (const key of own) await workflow.s3Client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: key }));
  expectNothingLeft(workflow);
}

test("a dry run tells the plan, and starts no export and writes no object of the mirror", async () => {
  await using workflow = await startSyncWorkflow([plainItem("one", "12345"), ovfItem("two")]);
  const { report, items } = await workflow.sync({ dryRun: true });
  expect(report).toMatchObject({ status: "PLANNED", counts: { PLANNED: 2 }, filesMoved: 0, index: null });
  expect(items.one).toMatchObject({ action: "NEW", status: "PLANNED", filesMoved: 1, bytesMoved: 5 });
  expect(workflow.keys()).toEqual([]);
  expect(workflow.transfers()).toEqual([]);
  await expectOnlyReportsLeft(workflow);
});

describe("what cannot be exported is told, and fails nothing", () => {
  test("a VM template and an item without files", async () => {
    await using workflow = await startSyncWorkflow([
      plainItem("one"),
      { name: "template", type: "vm-template", files: [] },
      { name: "empty", type: "other", files: [] },
    ]);
    const { report } = await workflow.sync();
    expect(report).toMatchObject({
      status: "SYNCHRONIZED",
      counts: { EXPORTED: 1, NOT_EXPORTABLE: 2, FAILED: 0 },
    });
  });

  test("an item whose content is still at its publisher, unless it is asked for", async () => {
    await using workflow = await startSyncWorkflow([
      plainItem("one"),
      { ...plainItem("far"), cached: false },
    ]);
    const { items, report } = await workflow.sync();
    expect(items.far).toMatchObject({ action: "NOT_CACHED", status: "NOT_CACHED" });
    expect(report.status).toBe("SYNCHRONIZED");
    expect((await workflow.sync({ includeUncached: true })).items.far).toMatchObject({ status: "EXPORTED" });
  });
});

describe("an OVF item", () => {
  test("fails when its descriptor references a file that it does not have, and is in no index", async () => {
    const item = ovfItem("vm", ["disk-0.vmdk"], ["disk-0.vmdk", "disk-1.vmdk"]);
    await using workflow = await startSyncWorkflow([item]);
    const { items } = await workflow.sync();
    expect(items.vm).toMatchObject({ status: "FAILED", error: { name: "ItemIncomplete" } });
    expect(items.vm?.error?.message).toContain('"disk-1.vmdk"');
    expect(await workflow.json("Golden/items.json")).toEqual({ items: [] });
    expect((await workflow.sync()).items.vm).toMatchObject({ action: "UNCHANGED", status: "FAILED" });
  });

  test("is complete without the files that are excluded", async () => {
    const item = ovfItem("vm", ["disk-0.vmdk"], ["disk-0.vmdk", "disk-1.vmdk"]);
    await using workflow = await startSyncWorkflow([item]);
    const { items } = await workflow.sync({ exclude: ["disk-1.*"] });
    expect(items.vm).toMatchObject({ status: "EXPORTED", error: null });
  });
});

describe("a sync repairs what an earlier one has left", () => {
  test("objects without a manifest are recorded, and not moved again", async () => {
    await using workflow = await startSyncWorkflow([plainItem("one"), ovfItem("two")]);
    await workflow.sync();
    workflow.transfers();
    await workflow.s3Client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: "Golden/two/.export.json" }));
    const { report, items } = await workflow.sync();
    expect(items.two).toMatchObject({ action: "NEW", status: "UNCHANGED" });
    expect(report.status).toBe("SYNCHRONIZED");
    expect(workflow.transfers()).toEqual([]);
    expect(workflow.keys()).toContain("Golden/two/.export.json");
  });

  test("an object that somebody deleted is exported again, alone", async () => {
    await using workflow = await startSyncWorkflow([plainItem("one"), ovfItem("two")]);
    await workflow.sync();
    workflow.transfers();
    await workflow.s3Client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: "Golden/two/disk-0.vmdk" }));
    expect((await workflow.sync()).items.two).toMatchObject({
      action: "CHANGED",
      status: "EXPORTED",
      filesMoved: 1,
    });
    expect(workflow.transfers()).toEqual(["disk-0.vmdk"]);
  });
});

test("two syncs at once, and a single export beside them, do each other no harm", async () => {
  await using workflow = await startSyncWorkflow(["a", "b", "c", "d"].map((name) => plainItem(name)));
  const single = workflow.run({ libraryItemId: workflow.vcenter.itemId("c") });
  await Promise.all([workflow.sync(), workflow.sync(), single]);
  const { report } = await workflow.sync();
  expect(report).toMatchObject({ status: "SYNCHRONIZED", counts: { UNCHANGED: 4 } });
  for (const name of ["a", "b", "c", "d"]) {
    expect((await workflow.object(`Golden/${name}/${name}.bin`)).body.toString()).toBe(name);
  }
  await expectOnlyReportsLeft(workflow);
});

test("the profile's maxTransfers bounds the files of all items together", async () => {
  const items = ["a", "b", "c", "d"].map((name) => ovfItem(name, ["1.vmdk", "2.vmdk"]));
  await using workflow = await startSyncWorkflow(items, { profile: { maxTransfers: 4, readers: 2 } });
  let most = 0;
  const { result } = workflow.startSync({}, () => {
    most = Math.max(most, workflow.vcenter.openDownloadSessions().length);
  });
  expect(await result).toMatchObject({ status: "SYNCHRONIZED", filesMoved: 12 });
  expect(most).toBe(2);
});

describe("a log-in that is refused", () => {
  test("at the start is tried once", async () => {
    await using workflow = await startSyncWorkflow([plainItem("one")], {
      profile: { password: randomUUID() },
    });
    expect((await workflow.sync()).report).toMatchObject({
      status: "FAILED",
      error: { name: "LoginRefused" },
    });
    expect(workflow.vcenter.loginAttempts()).toBe(1);
  });

  test("in the middle is tried for no other item, and ends the sync", async () => {
    await using workflow = await startSyncWorkflow(["a", "b", "c", "d"].map((name) => plainItem(name)));
    // One log-in to list the library, one to plan.
    workflow.vcenter.behaviour.faults.push({ on: "session.create", skip: 2, times: 100, status: 401 });
    const { report } = await workflow.sync({ maxConcurrency: 1 });
    expect(report).toMatchObject({
      status: "FAILED",
      counts: { FAILED: 4 },
      error: { name: "LoginRefused" },
    });
    expect(workflow.calls().filter((operation) => operation === "session.create")).toHaveLength(3);
    workflow.vcenter.behaviour.faults = [];
    await expectOnlyReportsLeft(workflow);
  });
});

test("failed items fail the sync, unless so many are tolerated; the others are exported in any case", async () => {
  await using workflow = await startSyncWorkflow(["a", "b", "c", "d"].map((name) => plainItem(name)));
  workflow.vcenter.behaviour.wrongSessionChecksums = ["a.bin"];
  const strict = await workflow.sync();
  expect(strict.report).toMatchObject({ status: "FAILED", counts: { FAILED: 1, EXPORTED: 3 } });
  expect(strict.report.error).toMatchObject({ name: "ChecksumMismatch" });
  expect(strict.report.error?.message).toMatch(/^1 of 4 items failed: "a": ChecksumMismatch: /);
  const lenient = await workflow.sync({ toleratedFailurePercentage: 25 });
  expect(lenient.report).toMatchObject({ status: "SYNCHRONIZED", counts: { FAILED: 1 }, error: null });
});

test("a sync that is stopped leaves nothing open, and the next one goes on", async () => {
  await using workflow = await startSyncWorkflow(["a", "b", "c", "d"].map((name) => plainItem(name)));
  const execution = workflow.startSync({ maxConcurrency: 1 }, ({ type, state }) => {
    if (type === "StateEntered" && state === "TransferFile") void execution.stop();
  });
  const report = await execution.result;
  expect(report).toMatchObject({ status: "FAILED", error: { name: "Stopped" }, index: null });
  await expectOnlyReportsLeft(workflow);
  expect((await workflow.sync()).report).toMatchObject({ status: "SYNCHRONIZED", counts: { FAILED: 0 } });
});

test.each([
  { input: { library: "Silver" }, error: "LibraryNotFound" },
  { input: { libraryId: "no-such-id" }, error: "LibraryNotFound" },
  { input: { vcenter: "unknown" }, error: "ProfileNotFound" },
  { input: { destination: { bucket: "elsewhere" } }, error: "DestinationNotAllowed" },
  { input: { maxConcurrency: 0 }, error: "InvalidInput" },
])("$input fails with $error, and a report", async ({ input, error }) => {
  await using workflow = await startSyncWorkflow([plainItem("one")]);
  const { report } = await workflow.sync(input);
  expect(report).toMatchObject({ status: "FAILED", report: null, error: { name: error } });
  expect(workflow.s3.objects(BUCKET)).toEqual([]);
});
