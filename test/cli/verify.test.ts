import { CopyObjectCommand, DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterEach, beforeEach, expect, test } from "vitest";
import { BUCKET } from "../workflow/harness.ts";
import { DeploymentScene, jsonLines } from "./deploymentScene.ts";

const DISK = "Golden images/ubuntu/disk-0.vmdk";
const DESCRIPTOR = "Golden images/ubuntu/ubuntu.ovf";

let scene: DeploymentScene;

beforeEach(async () => {
  scene = await DeploymentScene.open();
  await scene.deployment.workflow.run();
});

afterEach(() => scene[Symbol.asyncDispose]());

const verify = (...words: string[]) => scene.run(["verify", `s3://${BUCKET}`, ...words, "--json"]);

/** Every difference with the file that it is of. */
function differences(stdout: string): unknown[] {
  return jsonLines(stdout).flatMap(({ event, name = null, differences }) =>
    event === "report" || !Array.isArray(differences) ? [] : differences.map(({ kind }) => [name, kind]),
  );
}

test("a bucket that is as it was recorded is found so, by reading it again as well", async () => {
  const plain = await scene.run(["verify"]);
  expect(plain).toMatchObject({ exitCode: 0, stderr: "" });
  expect(plain.stdout).toMatch(/^✓ Golden images\/ubuntu: 2 files$/m);
  expect(plain.stdout).toMatch(/^2 files of 1 item, 6\.00 MiB as recorded: nothing differs$/m);
  const rehashed = await verify("--rehash");
  expect(rehashed.exitCode).toBe(0);
  expect(jsonLines(rehashed.stdout).at(-1)).toEqual({
    event: "report",
    rehashed: true,
    items: 1,
    files: 2,
    bytes: 6 * 1024 * 1024 + 11,
    differences: 0,
  });
});

test("an object that is gone, and one with other bytes, are found", async () => {
  const { s3Client } = scene.deployment.workflow;
  await s3Client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: DISK }));
  await s3Client.send(
    new PutObjectCommand({ Bucket: BUCKET, Key: DESCRIPTOR, Body: Buffer.from("<Forgery/>") }),
  );
  const { exitCode, stdout } = await verify();
  expect(exitCode).toBe(1);
  expect(differences(stdout)).toEqual([
    ["disk-0.vmdk", "MISSING"],
    ["ubuntu.ovf", "SIZE"],
    ["ubuntu.ovf", "METADATA"],
    ["ubuntu.ovf", "METADATA"],
    ["ubuntu.ovf", "REPLACED"],
  ]);
  const text = await scene.run(["verify", `s3://${BUCKET}`]);
  expect(text.stdout).toMatch(/^ +MISSING "disk-0\.vmdk": there is no object at the key$/m);
  expect(text.stdout).toMatch(/5 differences$/m);
});

test("bytes that were changed behind the same size and metadata are found only by reading them", async () => {
  const { s3Client, object } = scene.deployment.workflow;
  const { metadata } = await object(DESCRIPTOR);
  const forged = { Body: Buffer.from("<envelope/>"), Metadata: metadata };
  await s3Client.send(new PutObjectCommand({ Bucket: BUCKET, Key: DESCRIPTOR, ...forged }));
  expect(differences((await verify()).stdout)).toEqual([["ubuntu.ovf", "REPLACED"]]);
  const { exitCode, stdout } = await verify("--rehash");
  expect(exitCode).toBe(1);
  expect(differences(stdout)).toEqual([["ubuntu.ovf", "CONTENT"]]);
});

test("an object that was copied onto itself is as recorded once its bytes were read", async () => {
  const { s3Client } = scene.deployment.workflow;
  const copy = { CopySource: encodeURI(`${BUCKET}/${DISK}`), StorageClass: "STANDARD_IA" as const };
  await s3Client.send(new CopyObjectCommand({ Bucket: BUCKET, Key: DISK, ...copy }));
  const { exitCode, stdout } = await verify("--rehash");
  expect(differences(stdout)).toEqual([]);
  expect(exitCode).toBe(0);
});

test("an object that is archived, and one that says it is another file, are found beside those that are read", async () => {
  const { s3Client, s3, object } = scene.deployment.workflow;
  const { body, metadata } = await object(DESCRIPTOR);
  const other = { Body: body, Metadata: { ...metadata, "source-file": "another.ovf" } };
  await s3Client.send(new PutObjectCommand({ Bucket: BUCKET, Key: DESCRIPTOR, ...other }));
  s3.faults.push({ operation: "GetObject", key: DISK, status: 403, code: "InvalidObjectState" });
  const { exitCode, stdout } = await verify("--rehash");
  expect(exitCode).toBe(1);
  expect(differences(stdout)).toEqual([
    ["disk-0.vmdk", "UNREADABLE"],
    ["ubuntu.ovf", "METADATA"],
  ]);
});

test("a manifest that cannot be read is told, and the others are compared all the same", async () => {
  const { s3Client } = scene.deployment.workflow;
  const key = "Golden images/another/.export.json";
  await s3Client.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: Buffer.from("{}") }));
  const { exitCode, stdout } = await verify();
  expect(exitCode).toBe(1);
  expect(differences(stdout)).toEqual([[null, "UNREADABLE"]]);
  expect(jsonLines(stdout).at(-1)).toMatchObject({ items: 2, files: 2, differences: 1 });
});

test("a prefix without any export is a failure", async () => {
  const { exitCode, stderr } = await scene.run(["verify", `s3://${BUCKET}/none`]);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/no export below s3:\/\/exports\/none\//);
});

test("an item that vCenter has as it was exported differs in nothing", async () => {
  const { words, environment } = scene.vcenter;
  const same = await scene.run(["verify", ...words], environment);
  expect(same).toMatchObject({ exitCode: 0, stderr: "" });
  expect(scene.deployment.workflow.vcenter.openLogins()).toEqual([]);
});

test("what vCenter has changed, added and removed since is found without a download", async () => {
  const { vcenter } = scene.deployment.workflow;
  const { words, environment } = scene.vcenter;
  const downloads = vcenter.transfers.length;
  const compare = () => scene.run(["verify", ...words, "--json"], environment);
  const item = vcenter.itemId("ubuntu");
  await vcenter.replaceFile(item, { name: "ubuntu.ovf", content: Buffer.from("<Envelope>2</Envelope>") });
  await vcenter.replaceFile(item, { name: "nvram", content: Buffer.from("new") });
  const changed = await compare();
  expect(changed.exitCode).toBe(1);
  expect(differences(changed.stdout)).toEqual([
    [null, "NOT_EXPORTED"],
    ["ubuntu.ovf", "OUTDATED"],
  ]);

  vcenter.removeItem(item);
  expect(differences((await compare()).stdout)).toEqual([[null, "GONE"]]);
  expect(vcenter.transfers).toHaveLength(downloads);
});
