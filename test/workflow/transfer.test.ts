import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Behaviour } from "../../simulators/vcenter/index.ts";
import { BUCKET, expectNothingLeft, startWorkflow, ubuntu } from "./harness.ts";

const DISK = { include: ["disk-0.vmdk"] };
const FAILED = ["FileAction", "PrepareFile", "PreparationStatus", "TransferFile", "AbortFile", "FileFailed"];

/** One way in which a file's bytes go wrong, and the error that says so. */
const failures: { what: string; error: string; behaviour: Partial<Behaviour> }[] = [
  {
    what: "the connection breaks again and again",
    error: "TransferInterrupted",
    behaviour: { ranges: false, faults: [{ on: "data", reset: true, afterBytes: 1_000_000, times: 50 }] },
  },
  {
    what: "the endpoint refuses",
    error: "SourceRefused",
    behaviour: { faults: [{ on: "data", status: 403, times: 50 }] },
  },
  {
    what: "a byte is altered on the way",
    error: "ChecksumMismatch",
    behaviour: { faults: [{ on: "data", corruptByteAt: 4_000_000 }] },
  },
  {
    what: "vCenter's checksum is another",
    error: "ChecksumMismatch",
    behaviour: { wrongSessionChecksums: ["disk-0.vmdk"] },
  },
  {
    what: "the body ends early but cleanly",
    error: "SizeMismatch",
    behaviour: {
      framing: "chunked",
      ranges: false,
      sessionSize: "always",
      faults: [{ on: "data", endCleanly: true, afterBytes: 5_500_000, times: 50 }],
    },
  },
  {
    what: "vCenter says that it sent another number of bytes",
    error: "SizeMismatch",
    behaviour: { sessionSize: "wrong" },
  },
  {
    what: "vCenter gives no checksum though one is required",
    error: "ChecksumRequired",
    behaviour: { sessionChecksum: "never" },
  },
  {
    what: "the endpoint is a path on a datastore",
    error: "EndpointNotSupported",
    behaviour: { endpoint: "ds" },
  },
  {
    what: "the endpoint's host is not vCenter's",
    error: "EndpointNotAllowed",
    behaviour: { endpoint: "other-host" },
  },
  {
    what: "the endpoint's certificate is not the one that vCenter names",
    error: "CertificateMismatch",
    behaviour: { endpoint: "second-port", endpointThumbprint: "wrong" },
  },
];

test.each(failures)("ends with $error when $what, and leaves nothing", async ({ error, behaviour }) => {
  await using workflow = await startWorkflow({ behaviour });
  const { report, states, statesOf } = await workflow.run({ ...DISK, requireChecksum: true });

  expect(report).toMatchObject({ status: "FAILED", manifest: null, error: { name: error } });
  expect(report.error?.message).toContain("disk-0.vmdk");
  expect(statesOf("disk-0.vmdk")).toEqual(FAILED);
  expect(states.slice(-4)).toEqual(["FinishItem", "AllExported", "NotifyFailed", "ExportFailed"]);
  expect(workflow.keys()).toEqual([]);
  expectNothingLeft(workflow);
});

test("never puts a download URI into a state, a record or the report", async () => {
  const prepare = [{ status: "PREPARING" }, { status: "PREPARED" }];
  await using workflow = await startWorkflow({
    behaviour: { prepare, faults: [{ on: "data", status: 403, times: 50 }] },
  });
  const { report, events } = await workflow.run();

  expect(workflow.vcenter.transfers.length + events.length).toBeGreaterThan(20);
  expect(JSON.stringify([report, events])).not.toMatch(/cls\/data|vmware-api-session-id/);
  expect(JSON.stringify(events)).not.toContain(workflow.vcenter.password);
});

describe("a connection that breaks", () => {
  test("is taken up again where it broke, when the endpoint honours ranges", async () => {
    const faults: Behaviour["faults"] = [{ on: "data", reset: true, afterBytes: 3_000_000 }];
    await using workflow = await startWorkflow({ behaviour: { faults } });
    const { report } = await workflow.run(DISK);

    expect(report.error).toBeNull();
    expect(workflow.vcenter.transfers.map(({ start }) => start > 0)).toEqual([false, true]);
    expectNothingLeft(workflow);
  });

  test("starts the file anew, when it does not", async () => {
    const faults: Behaviour["faults"] = [{ on: "data", reset: true, afterBytes: 3_000_000 }];
    await using workflow = await startWorkflow({ behaviour: { faults, ranges: false, framing: "chunked" } });
    const { report } = await workflow.run(DISK);

    expect(report.error).toBeNull();
    expect(workflow.vcenter.transfers.map(({ start }) => start)).toEqual([0, 0]);
    expectNothingLeft(workflow);
  });
});

describe("the recorded checksum", () => {
  test("is the one that vCenter knew up front, when it agrees with the bytes", async () => {
    await using workflow = await startWorkflow({
      behaviour: { itemChecksum: "SHA1", sessionChecksum: "never" },
    });
    const { report } = await workflow.run();
    for (const { key, checksum } of report.files) {
      const { body, metadata } = await workflow.object(key);
      const sha1 = createHash("sha1").update(body).digest("hex");
      expect(checksum).toEqual({ algorithm: "SHA1", value: sha1, source: "item" });
      expect(metadata).toMatchObject({ checksum: sha1, "checksum-source": "item" });
    }
    expect(workflow.s3.requests).not.toContain("UploadPartCopy");
    expectNothingLeft(workflow);
  });

  test("is computed, and says so, when vCenter has none at all", async () => {
    await using workflow = await startWorkflow({ behaviour: { sessionChecksum: "never" } });
    const { report } = await workflow.run(DISK);
    expect(report.files[0]?.checksum).toMatchObject({ algorithm: "SHA256", source: "computed" });
    expectNothingLeft(workflow);
  });

  test("is that of the bytes for a disk which vCenter stores otherwise, and the difference is told", async () => {
    await using workflow = await startWorkflow({
      behaviour: { itemChecksum: "SHA256", wrongItemChecksums: ["disk-0.vmdk"] },
    });
    const { report } = await workflow.run(DISK);
    expect(report.files[0]).toMatchObject({
      status: "EXPORTED",
      itemChecksumDiffers: true,
      checksum: { source: "session" },
    });
    expectNothingLeft(workflow);
  });
});

test("records the storage class, tags and staging as configured", async () => {
  const staging = "staging-area";
  await using workflow = await startWorkflow({
    s3: { buckets: [BUCKET, staging] },
    settings: { stagingBucket: staging, storageClass: "GLACIER_IR", tags: { team: "images" } },
  });
  const { report } = await workflow.run(DISK);
  expect(report.error).toBeNull();
  expect(workflow.s3.requests).toContain("UploadPartCopy");
  expect(workflow.s3.objects(staging)).toEqual([]);
  expectNothingLeft(workflow);
});

test("exports a file without a byte, and names that only Unicode has", async () => {
  const name = "Größe 日本 #1?.iso";
  const files = [
    { name: "empty.txt", content: Buffer.alloc(0) },
    { name, content: Buffer.from("iso") },
  ];
  await using workflow = await startWorkflow({
    libraries: [{ ...ubuntu, items: [{ name: "ubuntu", type: "other", files }] }],
  });
  const { report } = await workflow.run();

  expect(report.error).toBeNull();
  expect(report.files.map(({ size }) => size)).toEqual([3, 0]);
  const { body } = await workflow.object(`Golden images/ubuntu/${name}`);
  expect(body.toString()).toBe("iso");
  expect((await workflow.run()).report.status).toBe("UNCHANGED");
  expectNothingLeft(workflow);
});

test("keeps one file's failure to itself: the manifest names the others, the error this one", async () => {
  const files = ["a.iso", "b.iso", "c.iso"].map((name) => ({ name, content: Buffer.from(name) }));
  await using workflow = await startWorkflow({
    libraries: [{ ...ubuntu, items: [{ name: "ubuntu", type: "other", files }] }],
    behaviour: { wrongSessionChecksums: ["b.iso"] },
  });
  const { report, statesOf } = await workflow.run();

  expect(report).toMatchObject({ status: "FAILED", error: { name: "ChecksumMismatch" } });
  expect(report.error?.message).toMatch(/^1 of 3 files failed: .*"b\.iso"/);
  expect(report.files.map(({ name, status }) => [name, status])).toEqual([
    ["a.iso", "EXPORTED"],
    ["b.iso", "FAILED"],
    ["c.iso", "EXPORTED"],
  ]);
  expect(statesOf("b.iso").slice(-2)).toEqual(["AbortFile", "FileFailed"]);
  expect(statesOf("c.iso").at(-1)).toBe("FileExported");
  const manifest = JSON.parse((await workflow.object("Golden images/ubuntu/.export.json")).body.toString());
  expect(manifest.files.map(({ name }: { name: string }) => name)).toEqual(["a.iso", "c.iso"]);
  expectNothingLeft(workflow);

  // The same input again moves only what failed.
  workflow.vcenter.behaviour.wrongSessionChecksums = [];
  const again = await workflow.run();
  expect(again.report.files.map(({ status }) => status)).toEqual(["UNCHANGED", "EXPORTED", "UNCHANGED"]);
  expectNothingLeft(workflow);
});

test("names FilesFailed and each file's own error when they differ", async () => {
  const files = ["a.iso", "b.iso"].map((name) => ({ name, content: Buffer.from(name) }));
  await using workflow = await startWorkflow({
    libraries: [{ ...ubuntu, items: [{ name: "ubuntu", type: "other", files }] }],
    behaviour: { wrongSessionChecksums: ["a.iso"], prepareByFile: { "b.iso": [{ status: "ERROR" }] } },
  });
  const { report } = await workflow.run();

  expect(report.error?.name).toBe("FilesFailed");
  expect(report.error?.message).toMatch(/ChecksumMismatch: "a\.iso".*PreparationFailed: .*"b\.iso"/s);
  expectNothingLeft(workflow);
});
