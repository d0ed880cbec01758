import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { expectNothingLeft, startWorkflow } from "./harness.ts";

test.each([
  "api",
  "rest-json",
  "rest-xml",
] as const)("exports every file of an item over %s, verified, with its checksum and a manifest", async (dialect) => {
  await using workflow = await startWorkflow({ profile: { dialect } });
  const { report, states, statesOf } = await workflow.run();

  expect(report).toMatchObject({ status: "EXPORTED", error: null, contentVersion: "1", item: "ubuntu" });
  expect(states).toEqual([
    "TakeInput",
    "ResolveItem",
    "DryRun",
    "ExportFiles",
    "FinishItem",
    "AllExported",
    "NotifySucceeded",
    "ExportSucceeded",
  ]);
  for (const { name, key, size, checksum } of report.files) {
    expect(statesOf(name)).toEqual([
      "FileAction",
      "PrepareFile",
      "PreparationStatus",
      "TransferFile",
      "TransferDone",
      "CompleteFile",
      "FileExported",
    ]);
    const { body, metadata } = await workflow.object(key);
    const sha256 = createHash("sha256").update(body).digest("hex");
    expect({ size, checksum }).toEqual({
      size: body.length,
      checksum: { algorithm: "SHA256", value: sha256, source: "session" },
    });
    expect(metadata).toMatchObject({
      checksum: sha256,
      "checksum-algorithm": "SHA256",
      "source-file": name,
      "library-item-id": workflow.vcenter.itemId("ubuntu"),
      "content-version": "1",
      vcenter: "lab",
    });
  }
  expect(workflow.keys()).toEqual([
    "Golden images/ubuntu/.export.json",
    "Golden images/ubuntu/disk-0.vmdk",
    "Golden images/ubuntu/ubuntu.ovf",
  ]);
  const manifest = JSON.parse((await workflow.object("Golden images/ubuntu/.export.json")).body.toString());
  expect(
    manifest.files.map(({ name, checksum }: { name: string; checksum: unknown }) => [name, checksum]),
  ).toEqual(report.files.map(({ name, checksum }) => [name, checksum]));
  expectNothingLeft(workflow);
});
