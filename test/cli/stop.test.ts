import { afterEach, beforeEach, expect, test } from "vitest";
import { BUCKET, DESTINATION, Scene } from "./scene.ts";

let scene: Scene;

beforeEach(async () => {
  const file = { name: "disk.vmdk", content: { size: 256 * 1024 ** 2, seed: "slow" } };
  scene = await Scene.open([{ name: "lib", items: [{ name: "vm", type: "ovf", files: [file] }] }]);
  // Slow enough that none of these ever sees the end of the file.
  scene.vcenter.behaviour.bytesPerSecond = 16 * 1024 ** 2;
});

afterEach(() => scene[Symbol.asyncDispose]());

test("Ctrl-C in the middle of a file leaves nothing behind, and exits with 130", async () => {
  const command = scene.startExport(["lib/vm", DESTINATION, "--json", "--part-size", "5MiB"]);
  await command.shows(/"event":"progress".*"bytes":\d{8}/);
  expect(scene.s3.requests).toContain("UploadPart");
  command.signal("SIGINT");
  const { exitCode, stdout, stderr } = await command.outcome;
  expect(exitCode).toBe(130);
  expect(stderr).toContain("Stopping");
  expect(JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "")).toMatchObject({
    event: "report",
    status: "FAILED",
  });
  expect(scene.leftovers()).toEqual([]);
  expect(scene.s3.objects(BUCKET)).toEqual([]);
});

test("Ctrl-C while the upload is being opened leaves nothing behind either", async () => {
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<void>();
  scene.s3.faults.push({
    operation: "CreateMultipartUpload",
    get hold() {
      asked.resolve();
      return answer.promise;
    },
  });
  const command = scene.startExport(["lib/vm", DESTINATION, "--part-size", "5MiB"]);
  await asked.promise;
  command.signal("SIGINT");
  await command.complains(/Stopping/);
  answer.resolve();
  expect((await command.outcome).exitCode).toBe(130);
  expect(scene.leftovers()).toEqual([]);
});

test("Ctrl-C while vCenter prepares the file removes the download session", async () => {
  scene.vcenter.behaviour.prepare = [
    { status: "PREPARING", milliseconds: 3_600_000 },
    { status: "PREPARED" },
  ];
  const command = scene.startExport(["lib/vm", DESTINATION, "--json"]);
  await command.shows(/"phase":"PREPARING"/);
  command.signal("SIGINT");
  expect((await command.outcome).exitCode).toBe(130);
  expect(scene.leftovers()).toEqual([]);
});

test("the second of two signals that mean one Ctrl-C, as npx sends them, does not cut the clean-up short", async () => {
  const command = scene.startExport(["lib/vm", DESTINATION, "--json"]);
  await command.shows(/"event":"progress".*"bytes":[1-9]/);
  command.signal("SIGINT");
  command.signal("SIGINT");
  expect((await command.outcome).exitCode).toBe(130);
  expect(scene.leftovers()).toEqual([]);
});

test("SIGTERM stops as cleanly, and exits with 143", async () => {
  const command = scene.startExport(["lib/vm", DESTINATION, "--json"]);
  await command.shows(/"phase":"TRANSFERRING"/);
  command.signal("SIGTERM");
  expect((await command.outcome).exitCode).toBe(143);
  expect(scene.leftovers()).toEqual([]);
});
