import { describe, expect, test } from "vitest";
import { holdParts } from "../executions/deployments.ts";
import { plainItem } from "../sync/harness.ts";
import { BUCKET, ubuntu } from "../workflow/harness.ts";
import { runCommand } from "./command.ts";
import { DeploymentScene, jsonLines } from "./deploymentScene.ts";

const GOLDEN = ["Golden images", "--vcenter", "lab"];
const setup = { libraries: [{ ...ubuntu, items: [...ubuntu.items, plainItem("notes")] }] };

describe("start-sync", () => {
  test("starts the sync of a library in the deployment that the stack names, and tells its name", async () => {
    await using scene = await DeploymentScene.open(setup);
    const words = ["start-sync", ...GOLDEN, `s3://${BUCKET}/mirror`, "--on-delete", "mark", "--no-index"];
    const { exitCode, stdout, stderr } = await scene.run(words);
    expect([exitCode, stderr]).toEqual([0, ""]);
    const [, id = ""] = /^sync (sync_Golden-images_[0-9a-f]{12})$/m.exec(stdout) ?? [];
    const { syncEngine } = scene.deployment;
    await syncEngine.ended(id);
    expect(await syncEngine.describe(id)).toMatchObject({
      state: "SUCCEEDED",
      input: { library: "Golden images", onDelete: "mark", index: false },
    });
    expect(scene.deployment.workflow.keys()).toContain("mirror/Golden images/notes/notes.bin");
  });

  test("with --watch shows the sync until it has ended, and then what became of each item", async () => {
    await using scene = await DeploymentScene.open(setup);
    const held = holdParts(scene.deployment.workflow);
    const command = scene.start(["start-sync", ...GOLDEN, "--watch", "--interval", "1"]);
    await command.shows(/^1 of 2 exports ended$/m);
    held.release();
    const { exitCode, stdout } = await command.outcome;
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^library Golden images of vCenter lab\nsucceeded, started /m);
    expect(stdout).toMatch(/^ubuntu +new +exported +2 +6\.00 MiB$/m);
    expect(stdout).toMatch(/^2 exported; 3 files moved, 6\.00 MiB$/m);
    expect(stdout).toMatch(/^index s3:\/\/exports\/Golden images\/lib\.json$/m);
    expect(stdout).toMatch(/^report s3:\/\/exports\/\.library-export\/reports\/sync_.*\.json$/m);
  });

  test("of a failed sync, watched, exits with 1, says why, and has the items in its last line", async () => {
    await using scene = await DeploymentScene.open({
      ...setup,
      behaviour: { wrongSessionChecksums: ["notes.bin"] },
    });
    const words = ["start-sync", ...GOLDEN, "--watch", "--interval", "1", "--json"];
    const { exitCode, stdout, stderr } = await scene.run(words);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^ChecksumMismatch: 1 of 2 items failed: "notes"/);
    const lines = jsonLines(stdout);
    expect(lines[0]).toMatchObject({ event: "started", state: "RUNNING" });
    expect(lines.at(-1)).toMatchObject({ event: "status", state: "FAILED", counts: { FAILED: 1 } });
    expect(lines.at(-1)?.items).toHaveLength(2);
  });

  test("with the same idempotency key starts nothing more", async () => {
    await using scene = await DeploymentScene.open(setup);
    const words = ["start-sync", ...GOLDEN, "--idempotency-key", "nightly", "--json"];
    const [[{ id } = {}], [again]] = [
      jsonLines((await scene.run(words)).stdout),
      jsonLines((await scene.run(words)).stdout),
    ];
    expect(again).toMatchObject({ event: "started", id });
  });

  test.each([
    { words: ["--vcenter", "lab"], says: /takes one library/ },
    { words: ["a", "b", "--vcenter", "lab"], says: /takes one library/ },
    { words: ["a", "--library-id", "x", "--vcenter", "lab"], says: /takes one library/ },
    { words: ["a"], says: /--vcenter/ },
    { words: [...GOLDEN, "--on-delete", "shred"], says: /keep, mark, delete/ },
    { words: [...GOLDEN, "--idempotency-key", "two words"], says: /--idempotency-key/ },
  ])("given $words is wrong usage, which needs no deployment to be told", async ({ words, says }) => {
    const { exitCode, stderr } = await runCommand(["start-sync", ...words]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(says);
  });

  test("is what start points to when it is given a library alone", async () => {
    const { exitCode, stderr } = await runCommand(["start", ...GOLDEN]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/start-sync/);
  });
});

test("status, list and stop know syncs by their names, and end them without leaving anything open", async () => {
  await using scene = await DeploymentScene.open(setup);
  const { workflow } = scene.deployment;
  const held = holdParts(workflow);
  const started = await scene.run(["start-sync", ...GOLDEN, "--json"]);
  const id = String(jsonLines(started.stdout)[0]?.id);
  await held.asked;

  const shown = await scene.run(["status", id]);
  expect(shown.exitCode).toBe(0);
  expect(shown.stdout).toMatch(/^library Golden images of vCenter lab\nrunning, started /m);
  expect(shown.stdout).toMatch(/^\d of 2 exports ended$/m);
  const listed = await scene.run(["list", "--syncs", "--state", "RUNNING", "--json"]);
  expect(jsonLines(listed.stdout)).toMatchObject([{ id, state: "RUNNING" }]);
  expect((await scene.run(["list"])).stdout).toBe("no exports\n");

  const stopped = await scene.run(["stop", id]);
  expect([stopped.exitCode, stopped.stdout]).toEqual([
    0,
    expect.stringContaining("is stopped, and so are the exports that it has started"),
  ]);
  held.release();
  const after = await scene.run(["status", id, "--json"]);
  expect(after.exitCode).toBe(1);
  expect(jsonLines(after.stdout)).toMatchObject([{ state: "ABORTED", error: { name: "Stopped" } }]);
  expect(workflow.s3.openUploads()).toEqual([]);
  expect(workflow.vcenter.openDownloadSessions()).toEqual([]);
});

test("watching a sync is ended by Ctrl-C, and the sync goes on", async () => {
  await using scene = await DeploymentScene.open(setup);
  const { workflow, syncEngine } = scene.deployment;
  const held = holdParts(workflow);
  const command = scene.start(["start-sync", ...GOLDEN, "--watch", "--interval", "1", "--json"]);
  await command.shows(/"event":"progress".*"exporting":\{/);
  command.signal("SIGINT");
  const { exitCode, stdout, stderr } = await command.outcome;
  expect(exitCode).toBe(130);
  expect(stderr).toMatch(/The sync goes on\. .*stop sync_Golden-images_/);
  held.release();
  const id = String(jsonLines(stdout)[0]?.id);
  await syncEngine.ended(id);
  expect((await scene.run(["watch", id])).exitCode).toBe(0);
});

test("a report that somebody has removed since only takes the items from the status", async () => {
  await using scene = await DeploymentScene.open(setup);
  const started = await scene.run(["start-sync", ...GOLDEN, "--watch", "--json"]);
  const id = String(jsonLines(started.stdout)[0]?.id);
  scene.deployment.workflow.s3.faults.push({ operation: "GetObject", status: 404, code: "NoSuchKey" });
  expect(await scene.run(["status", id])).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining("2 exported"),
  });
});

describe("the deployment", () => {
  test("can be named by the state machine of the syncs alone", async () => {
    await using scene = await DeploymentScene.open(setup);
    const nowhere = { AWS_ENDPOINT_URL_CLOUDFORMATION: "http://127.0.0.1:9", AWS_REGION: "" };
    const machine = ["--sync-state-machine-arn", scene.deployment.stepFunctions.syncStateMachineArn];
    expect(await scene.run(["list", "--syncs", ...machine], nowhere)).toMatchObject({
      exitCode: 0,
      stdout: "no syncs\n",
    });
    expect(await scene.run(["list", ...machine], nowhere)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/^DeploymentNotFound: .*--state-machine-arn/),
    });
  });
});
