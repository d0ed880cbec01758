import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { holdParts } from "../executions/deployments.ts";
import { BUCKET, expectNothingLeft } from "../workflow/harness.ts";
import { DeploymentScene, jsonLines } from "./deploymentScene.ts";
import type { TerminalCommand } from "./terminal.ts";

/** What starts everything that steers a terminal. */
const ESCAPE = "\u001b";
const GREEN = `${ESCAPE}[32m`;
const RED = `${ESCAPE}[31m`;
const YELLOW = `${ESCAPE}[33m`;
const HIDE_CURSOR = `${ESCAPE}[?25l`;
const SHOW_CURSOR = `${ESCAPE}[?25h`;

const UBUNTU = ["Golden images/ubuntu", "--vcenter", "lab"];
const WATCH = ["--watch", "--interval", "1"];

let scene: DeploymentScene;

beforeEach(async () => {
  scene = await DeploymentScene.open();
});

afterEach(() => scene[Symbol.asyncDispose]());

/** Starts an export that cannot end before its parts are let through. Returns its name. */
async function startHeld(prefix = ""): Promise<{ id: string; release(): void }> {
  const held = holdParts(scene.deployment.workflow);
  const { stdout } = await scene.run(["start", ...UBUNTU, `s3://${BUCKET}/${prefix}`, "--json"]);
  await held.asked;
  return { id: String(jsonLines(stdout)[0]?.id), release: held.release };
}

/** S3 does not answer the abort of an upload; tells when one is asked for. */
function neverAborting(): { asked: Promise<void> } {
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  scene.deployment.workflow.s3.faults.push({
    operation: "AbortMultipartUpload",
    get hold() {
      resolve();
      return new Promise<void>(() => {});
    },
  });
  return { asked };
}

/** Presses Ctrl-C until the command ends, as somebody who has no patience. */
async function insist(command: TerminalCommand): Promise<void> {
  let ended = false;
  void command.outcome.then(() => {
    ended = true;
  });
  await expect
    .poll(
      () => {
        if (!ended) command.pressCtrlC();
        return ended;
      },
      { timeout: 10_000, interval: 100 },
    )
    .toBe(true);
}

describe("on a terminal", () => {
  test("an export that is watched has a bar that moves, and a coloured line for each file that has ended", async () => {
    const held = holdParts(scene.deployment.workflow);
    const command = scene.startInTerminal(["start", ...UBUNTU, ...WATCH]);
    await command.shows(/█{24} 100% +6\.00 MiB .* disk-0\.vmdk/);
    held.release();
    const { exitCode, sent, text } = await command.outcome;
    expect(exitCode).toBe(0);
    expect(sent).toContain(`${GREEN}✓`);
    expect(text).toMatch(/✓ disk-0\.vmdk exported/);
    // The bar is drawn over, and gone at the end.
    expect(sent).toContain(`${ESCAPE}[1A`);
    expect(text).toMatch(/^disk-0\.vmdk +exported +6\.00 MiB .* SHA256 [0-9a-f]{64}$/m);
    expect(sent.lastIndexOf(SHOW_CURSOR)).toBeGreaterThan(sent.lastIndexOf(HIDE_CURSOR));
  });

  test("nothing is coloured for those who want no colours", async () => {
    const command = scene.startInTerminal(["start", ...UBUNTU, ...WATCH], { NO_COLOR: "1" });
    const { exitCode, sent, text } = await command.outcome;
    expect(exitCode).toBe(0);
    expect(text).toMatch(/✓ disk-0\.vmdk exported/);
    expect(sent).not.toContain(GREEN);
  });

  test("what differs is green or red, and an error has a red name", async () => {
    await scene.deployment.workflow.run();
    const good = await scene.startInTerminal(["verify"]).outcome;
    expect([good.exitCode, good.sent]).toEqual([0, expect.stringContaining(`${GREEN}✓`)]);
    const missing = await scene.startInTerminal(["status", "none"]).outcome;
    expect([missing.exitCode, missing.sent]).toEqual([1, expect.stringContaining(`${RED}ExportNotFound`)]);
  });

  test("list and status have in green what went well, in yellow what was stopped, and in red what failed", async () => {
    const { engine, syncEngine } = scene.deployment;
    const start = async (words: string[]) => {
      const { stdout } = await scene.run([...words, "--vcenter", "lab", "--json"]);
      return String(jsonLines(stdout)[0]?.id);
    };
    const good = await start(["start", "Golden images/ubuntu"]);
    await engine.ended(good);
    const bad = await start(["start", "Golden images/none"]);
    await engine.ended(bad);
    const sync = await start(["start-sync", "Golden images"]);
    await syncEngine.ended(sync);
    const held = await startHeld("vsphere");
    await scene.run(["stop", held.id]);
    held.release();
    await engine.ended(held.id);
    const list = await scene.startInTerminal(["list"]).outcome;
    for (const word of [`${GREEN}succeeded`, `${RED}failed`, `${YELLOW}aborted`])
      expect(list.sent).toContain(word);
    // The columns are as wide as what is seen of them.
    expect(
      new Set(
        list.text
          .trimEnd()
          .split("\n")
          .map((line) => line.search(/started|20\d\d-/)),
      ).size,
    ).toBe(1);
    const status = await scene.startInTerminal(["status", good]).outcome;
    expect(status.sent).toContain(`${GREEN}succeeded`);
    expect(status.sent).toContain(`${GREEN}exported`);
    expect((await scene.startInTerminal(["status", held.id]).outcome).sent).toContain(`${YELLOW}stopped`);
    expect((await scene.startInTerminal(["status", sync]).outcome).sent).toContain(`${GREEN}succeeded`);
  });

  test("Ctrl-C ends the watching at once, says how to go on, and leaves export and cursor as they were", async () => {
    const { id, release } = await startHeld();
    const command = scene.startInTerminal(["watch", id, "--interval", "1"]);
    await command.shows(/disk-0\.vmdk/);
    command.pressCtrlC();
    const { exitCode, sent, text } = await command.outcome;
    expect(exitCode).toBe(130);
    expect(text).toContain(`The export goes on. To look again: watch ${id}; to stop it: stop ${id}`);
    expect(sent.lastIndexOf(SHOW_CURSOR)).toBeGreaterThan(sent.lastIndexOf(HIDE_CURSOR));
    expect(await scene.deployment.engine.describe(id)).toMatchObject({ state: "RUNNING" });
    release();
    await scene.deployment.engine.ended(id);
    expectNothingLeft(scene.deployment.workflow);
  });

  test("a second Ctrl-C ends what a first one only asked to stop", async () => {
    // GIVEN an S3 that answers neither a part nor its abort
    const { workflow } = scene.deployment;
    const parts = holdParts(workflow);
    const aborts = neverAborting();
    const { words, environment } = scene.vcenter;
    const run = ["run", "Golden images/ubuntu", `s3://${BUCKET}`, "--part-size", "5MiB"];
    const command = scene.startInTerminal([...run, ...words, "--s3-endpoint", workflow.s3.url], environment);
    await parts.asked;
    // WHEN
    command.pressCtrlC();
    await command.shows(/Stopping: .*Ctrl-C again ends at once/);
    await aborts.asked;
    await insist(command);
    // THEN
    const { exitCode, sent } = await command.outcome;
    expect(exitCode).toBe(130);
    expect(sent.lastIndexOf(SHOW_CURSOR)).toBeGreaterThan(sent.lastIndexOf(HIDE_CURSOR));
  });

  test.each([
    ["start", (_id: string) => ["start", ...UBUNTU, ...WATCH]],
    ["watch", (id: string) => ["watch", id]],
    ["status", (id: string) => ["status", id]],
    ["list", (_id: string) => ["list"]],
    ["stop", (id: string) => ["stop", id]],
    ["verify", (_id: string) => ["verify"]],
  ])("%s --json writes JSON and nothing that steers the terminal", async (_name, words) => {
    const { stdout } = await scene.run(["start", ...UBUNTU, "--json"]);
    const id = String(jsonLines(stdout)[0]?.id);
    await scene.deployment.engine.ended(id);
    const { exitCode, sent } = await scene.startInTerminal([...words(id), "--json"]).outcome;
    expect(exitCode).toBe(0);
    expect(sent).not.toContain(ESCAPE);
    expect(jsonLines(sent.replaceAll("\r\n", "\n")).length).toBeGreaterThan(0);
  });
});

describe("a password that is in no variable", () => {
  function startLs() {
    const { words } = scene.vcenter;
    return scene.startInTerminal(["ls", ...words]);
  }

  test("is asked for, not shown, and asked for again while it is empty", async () => {
    const { vcenter } = scene.deployment.workflow;
    const command = startLs();
    await command.shows(/Password of \S+ at 127\.0\.0\.1/);
    command.type("\r");
    await command.shows(/It cannot be empty/);
    command.type(`${vcenter.password}\r`);
    const { exitCode, text } = await command.outcome;
    expect(exitCode).toBe(0);
    expect(text).toContain("Golden images");
    expect(text).not.toContain(vcenter.password);
  });

  test("need not be given: Ctrl-C ends the asking, and nothing is sent", async () => {
    const { vcenter } = scene.deployment.workflow;
    const command = startLs();
    await command.shows(/Password of/);
    command.pressCtrlC();
    expect((await command.outcome).exitCode).toBe(130);
    expect(vcenter.requests).toEqual([]);
  });
});

describe("without a terminal", () => {
  test("nothing is coloured or drawn over, whatever the command", async () => {
    const started = await scene.run(["start", ...UBUNTU, ...WATCH]);
    const [, id = ""] = /^export (\S+)$/m.exec(started.stdout) ?? [];
    const outcomes = [started];
    for (const words of [
      ["watch", id],
      ["status", id],
      ["list"],
      ["stop", id],
      ["verify"],
      ["status", "none"],
    ]) {
      outcomes.push(await scene.run(words));
    }
    expect(outcomes.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0, 0, 0, 1]);
    for (const { stdout, stderr } of outcomes) expect(stdout + stderr).not.toContain(ESCAPE);
    expect(started.stdout).toMatch(/^disk-0\.vmdk: exported$/m);
  });
});
