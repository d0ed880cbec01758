import { PutObjectCommand } from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";
import { EXPORT } from "../../functions/executions/kinds.ts";
import { readStatus } from "../../functions/executions/readStatus.ts";
import { startExecution, stopExecution } from "../../functions/executions/startAndStop.ts";
import { parseInput } from "../../functions/input.ts";
import { BUCKET, expectNothingLeft } from "../workflow/harness.ts";
import { type Deployment, holdParts, openDeployment, PLACES } from "./deployments.ts";

const input = parseInput({ vcenter: "lab", library: "Golden images", item: "ubuntu", maxConcurrency: 1 });
const DISK = 6 * 1024 * 1024;
const DESCRIPTOR = 11;

const read = ({ executions, workflow }: Deployment, id: string) =>
  readStatus(id, { executions, s3: workflow.s3Client });

describe.each(PLACES)("the status of an export %s", (place) => {
  test("tells of each file how far it is while it is on its way", async () => {
    await using deployment = await openDeployment(place);
    const { workflow, executions } = deployment;
    const held = holdParts(deployment.workflow);
    const { id } = await startExecution(EXPORT, executions, input);
    await held.asked;

    const status = await read(deployment, id);
    expect(status).toMatchObject({
      id,
      state: "RUNNING",
      endedAt: null,
      item: { vcenter: "lab", library: "Golden images", item: "ubuntu", contentVersion: "1" },
      totalBytes: DISK + DESCRIPTOR,
      manifest: null,
      error: null,
    });
    expect(status.files).toMatchObject([
      { name: "disk-0.vmdk", status: "TRANSFERRING", totalBytes: DISK, bucket: BUCKET, checksum: null },
      { name: "ubuntu.ovf", status: "WAITING", bytes: 0, totalBytes: DESCRIPTOR, updatedAt: null },
    ]);
    held.release();
    await deployment.engine.ended(id);

    const ended = await read(deployment, id);
    expect(ended).toMatchObject({ state: "SUCCEEDED", bytes: DISK + DESCRIPTOR, error: null });
    expect(ended.manifest?.key).toBe("Golden images/ubuntu/.export.json");
    expect(ended.files).toMatchObject([
      { status: "EXPORTED", bytes: DISK, checksum: { algorithm: "SHA256", source: "session" } },
      { status: "EXPORTED", bytes: DESCRIPTOR },
    ]);
    expectNothingLeft(workflow);
  });

  test("tells a file that is done from one that has not begun", async () => {
    await using deployment = await openDeployment(place, {
      behaviour: { prepareByFile: { "ubuntu.ovf": [{ status: "PREPARING", milliseconds: 10 ** 9 }] } },
    });
    const { id } = await startExecution(EXPORT, deployment.executions, input);
    await expect
      .poll(async () => (await read(deployment, id)).files.map(({ status }) => status), {
        interval: 20,
        timeout: 20_000,
      })
      .toEqual(["EXPORTED", "PREPARING"]);
    expect(await read(deployment, id)).toMatchObject({ bytes: DISK, totalBytes: DISK + DESCRIPTOR });
  });

  test("has each file's own error when the export has failed", async () => {
    await using deployment = await openDeployment(place, {
      behaviour: { wrongSessionChecksums: ["disk-0.vmdk"] },
    });
    const { id } = await startExecution(EXPORT, deployment.executions, input);
    await deployment.engine.ended(id);
    const status = await read(deployment, id);
    expect(status).toMatchObject({ state: "FAILED", error: { name: "ChecksumMismatch" } });
    expect(status.files).toMatchObject([
      { status: "FAILED", error: { name: "ChecksumMismatch" } },
      { status: "EXPORTED", error: null },
    ]);
  });

  test("says of a file that is refused why, while the others are on their way", async () => {
    await using deployment = await openDeployment(place);
    const { workflow, executions } = deployment;
    const key = "Golden images/ubuntu/ubuntu.ovf";
    await workflow.s3Client.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: "somebody's" }));
    const held = holdParts(workflow);
    const { id } = await startExecution(EXPORT, executions, { ...input, overwrite: "never" });
    await held.asked;
    expect((await read(deployment, id)).files).toMatchObject([
      { name: "disk-0.vmdk", status: "TRANSFERRING", error: null },
      { name: "ubuntu.ovf", status: "FAILED", bytes: 0, error: { name: "ObjectExists" } },
    ]);
    held.release();
  });

  test("counts nothing of what is unchanged", async () => {
    await using deployment = await openDeployment(place);
    for (const again of [false, true]) {
      const { id } = await startExecution(EXPORT, deployment.executions, input);
      await deployment.engine.ended(id);
      const bytes = again ? 0 : DISK + DESCRIPTOR;
      expect(await read(deployment, id)).toMatchObject({ state: "SUCCEEDED", bytes, totalBytes: bytes });
    }
  });

  test("names the error of an input that no item fits, without files", async () => {
    await using deployment = await openDeployment(place);
    const { id } = await startExecution(EXPORT, deployment.executions, { ...input, item: "none" });
    await deployment.engine.ended(id);
    expect(await read(deployment, id)).toMatchObject({
      state: "FAILED",
      item: null,
      files: [],
      totalBytes: null,
      error: { name: "ItemNotFound" },
    });
  });

  test("says of a stopped export that its files were stopped", async () => {
    await using deployment = await openDeployment(place);
    const held = holdParts(deployment.workflow);
    const { id } = await startExecution(EXPORT, deployment.executions, input);
    await held.asked;
    expect(await stopExecution(EXPORT, deployment.executions, id, "for the test")).toMatchObject({
      state: "ABORTED",
    });
    const status = await read(deployment, id);
    expect(status).toMatchObject({ state: "ABORTED", error: { name: "Stopped" } });
    held.release();
    expectNothingLeft(deployment.workflow);
  });

  test("of an export that never was is ExportNotFound", async () => {
    await using deployment = await openDeployment(place);
    await expect(read(deployment, "none")).rejects.toMatchObject({ name: "ExportNotFound" });
    await expect(stopExecution(EXPORT, deployment.executions, "none", "")).rejects.toMatchObject({
      name: "ExportNotFound",
    });
  });
});
