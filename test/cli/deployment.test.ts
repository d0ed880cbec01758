import { describe, expect, test } from "vitest";
import { holdParts } from "../executions/deployments.ts";
import { expectNothingLeft } from "../workflow/harness.ts";
import { runCommand } from "./command.ts";
import { DeploymentScene, jsonLines } from "./deploymentScene.ts";

const UBUNTU = ["Golden images/ubuntu", "--vcenter", "lab"];

describe("start", () => {
  test("starts an export in the deployment that the stack names, and tells its name", async () => {
    await using scene = await DeploymentScene.open();
    const { exitCode, stdout, stderr } = await scene.run(["start", ...UBUNTU]);
    expect(stderr).toBe("");
    expect(exitCode).toBe(0);
    const [, id = ""] = /^export (Golden-images_ubuntu_[0-9a-f]{12})$/m.exec(stdout) ?? [];
    await scene.deployment.engine.ended(id);
    expect(await scene.deployment.engine.describe(id)).toMatchObject({ state: "SUCCEEDED" });
  });

  test("with --watch shows the export until it has ended", async () => {
    await using scene = await DeploymentScene.open();
    const { exitCode, stdout } = await scene.run(["start", ...UBUNTU, "--watch", "--interval", "1"]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^disk-0\.vmdk +exported +6\.00 MiB .* SHA256 [0-9a-f]{64}$/m);
    expect(stdout).toMatch(/^manifest s3:\/\/exports\/Golden images\/ubuntu\/\.export\.json$/m);
  });

  test("of a failed export, watched, exits with 1 and says why", async () => {
    await using scene = await DeploymentScene.open({
      behaviour: { wrongSessionChecksums: ["disk-0.vmdk"] },
    });
    const words = ["start", ...UBUNTU, "--watch", "--interval", "1", "--json"];
    const { exitCode, stdout, stderr } = await scene.run(words);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^ChecksumMismatch: .*disk-0\.vmdk/);
    const lines = jsonLines(stdout);
    expect(lines[0]).toMatchObject({ event: "started", state: "RUNNING" });
    expect(lines.at(-1)).toMatchObject({
      event: "status",
      state: "FAILED",
      files: [{ status: "FAILED" }, {}],
    });
  });

  test("with the same idempotency key starts nothing more, and with another input fails", async () => {
    await using scene = await DeploymentScene.open();
    const key = ["--idempotency-key", "nightly", "--json"];
    const first = await scene.run(["start", ...UBUNTU, ...key]);
    const second = await scene.run(["start", ...UBUNTU, ...key]);
    const [[{ id } = {}], [again]] = [jsonLines(first.stdout), jsonLines(second.stdout)];
    expect(again).toMatchObject({ event: "started", id });
    const other = await scene.run(["start", ...UBUNTU, ...key, "--overwrite", "always"]);
    expect(other.exitCode).toBe(1);
    expect(other.stderr).toMatch(/^IdempotencyKeyReused: /);
    expect((await scene.deployment.engine.list({ limit: 10 }))?.executions).toHaveLength(1);
  });

  test.each([
    { words: ["a/b/c", "--vcenter", "lab"], says: /--library and --item/ },
    { words: ["--vcenter", "lab"], says: /takes one item/ },
    { words: ["a/b", "--item-id", "x", "--vcenter", "lab"], says: /takes one item/ },
    { words: ["a/b"], says: /--vcenter/ },
    { words: ["a/b", "--vcenter", "https://vcenter"], says: /vcenter: must be the name of a profile/ },
    { words: [...UBUNTU, "--state-machine-arn", "ExportItem"], says: /ARN of a state machine/ },
    { words: [...UBUNTU, "--idempotency-key", "two words"], says: /--idempotency-key/ },
  ])("given $words is wrong usage, which needs no deployment to be told", async ({ words, says }) => {
    const { exitCode, stderr } = await runCommand(["start", ...words]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(says);
  });
});

describe("watch", () => {
  test("is ended by Ctrl-C, and the export goes on", async () => {
    await using scene = await DeploymentScene.open();
    const { workflow, engine } = scene.deployment;
    const held = holdParts(workflow);
    const command = scene.start(["start", ...UBUNTU, "--watch", "--interval", "1", "--json"]);
    await command.shows(/"phase":"TRANSFERRING"/);
    command.signal("SIGINT");
    const { exitCode, stdout, stderr } = await command.outcome;
    expect(exitCode).toBe(130);
    expect(stderr).toMatch(/The export goes on\. .*stop Golden-images_ubuntu_/);
    held.release();
    const id = String(jsonLines(stdout)[0]?.id);
    await engine.ended(id);
    const { exitCode: later, stdout: shown } = await scene.run(["watch", id]);
    expect(later).toBe(0);
    expect(shown).toMatch(/^ubuntu\.ovf: exported$/m);
  });

  test("goes on while Step Functions is out of reach for a moment", async () => {
    await using scene = await DeploymentScene.open();
    const { stepFunctions, workflow } = scene.deployment;
    const held = holdParts(workflow);
    const command = scene.start(["start", ...UBUNTU, "--watch", "--interval", "1"]);
    await command.shows(/disk-0\.vmdk: transferring/);
    stepFunctions.fails = { name: "ThrottlingException", status: 400 };
    const asked = stepFunctions.requests.length;
    await expect.poll(() => stepFunctions.requests.length, { timeout: 10_000 }).toBeGreaterThan(asked);
    stepFunctions.fails = undefined;
    held.release();
    expect((await command.outcome).exitCode).toBe(0);
  });
});

describe("status, list and stop", () => {
  test("show an export on its way, and end it without leaving anything", async () => {
    await using scene = await DeploymentScene.open();
    const { workflow } = scene.deployment;
    const held = holdParts(workflow);
    const [{ id } = {}] = jsonLines((await scene.run(["start", ...UBUNTU, "--json"])).stdout);
    await held.asked;

    const shown = await scene.run(["status", String(id)]);
    expect(shown.exitCode).toBe(0);
    expect(shown.stdout).toMatch(/^item Golden images\/ubuntu of vCenter lab$/m);
    expect(shown.stdout).toMatch(/^running, started /m);
    expect(shown.stdout).toMatch(/^disk-0\.vmdk +transferring /m);
    const listed = await scene.run(["list", "--state", "RUNNING", "--json"]);
    expect(jsonLines(listed.stdout)).toMatchObject([{ id, state: "RUNNING", endedAt: null }]);

    const stopped = await scene.run(["stop", String(id)]);
    expect([stopped.exitCode, stopped.stdout]).toEqual([0, expect.stringContaining("is stopped")]);
    held.release();
    const again = await scene.run(["stop", String(id)]);
    expect([again.exitCode, again.stdout]).toEqual([
      0,
      expect.stringContaining("had ended already: aborted"),
    ]);
    const after = await scene.run(["status", String(id), "--json"]);
    expect(after.exitCode).toBe(1);
    expect(jsonLines(after.stdout)).toMatchObject([{ state: "ABORTED", error: { name: "Stopped" } }]);
    const table = await scene.run(["list"]);
    expect(table.stdout).toMatch(/^Golden-images_ubuntu_\w+ +aborted +\d{4}-.* +\d\d:\d\d:\d\d$/m);
    expectNothingLeft(workflow);
  });

  test("of an export that is not there fail by its name", async () => {
    await using scene = await DeploymentScene.open();
    const outcomes = await Promise.all(
      ["watch", "status", "stop"].map((command) => scene.run([command, "none"])),
    );
    for (const { exitCode, stderr } of outcomes) {
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/^ExportNotFound: .*"none"/);
    }
    expect((await scene.run(["list"])).stdout).toBe("no exports\n");
  });
});

describe("the deployment", () => {
  test("can be named by the state machine alone, whose ARN tells the region as well", async () => {
    await using scene = await DeploymentScene.open();
    const { stateMachineArn } = scene.deployment.stepFunctions;
    const words = ["list", "--state-machine-arn", stateMachineArn];
    const nowhere = { AWS_ENDPOINT_URL_CLOUDFORMATION: "http://127.0.0.1:9", AWS_REGION: "" };
    expect(await scene.run(words, nowhere)).toMatchObject({ exitCode: 0, stdout: "no exports\n" });
  });

  test("that is not there, not allowed or not reached is told by a named error", async () => {
    await using scene = await DeploymentScene.open();
    const { stepFunctions } = scene.deployment;
    const other = await scene.run(["list", "--stack", "Other"]);
    expect(other).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/^DeploymentNotFound: .*"Other"/),
    });
    const silent = await scene.run(["list"], { AWS_ENDPOINT_URL_CLOUDFORMATION: "http://127.0.0.1:9" });
    expect(silent).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/^DeploymentUnavailable: /) });
    stepFunctions.fails = { name: "AccessDeniedException", status: 400 };
    const denied = await scene.run(["list"]);
    expect(denied).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/^DeploymentDenied: /) });
  });

  test("needs AWS credentials, and says so before anything is asked", async () => {
    await using scene = await DeploymentScene.open();
    const { exitCode, stderr } = await scene.run(["list"], {
      AWS_ACCESS_KEY_ID: "",
      AWS_SECRET_ACCESS_KEY: "",
    });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^InvalidInput: No AWS credentials/);
  });
});
