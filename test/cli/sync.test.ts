import { afterEach, beforeEach, expect, test } from "vitest";
import { ovfItem, plainItem } from "../sync/harness.ts";
import type { Outcome } from "./command.ts";
import { BUCKET, DESTINATION, Scene } from "./scene.ts";

let scene: Scene;

beforeEach(async () => {
  const template = { name: "template", type: "vm-template", files: [] };
  scene = await Scene.open([{ name: "Golden Images", items: [plainItem("one"), ovfItem("vm"), template] }]);
});

afterEach(() => scene[Symbol.asyncDispose]());

function runSync(...words: string[]): Promise<Outcome> {
  const trust = ["--thumbprint", scene.vcenter.thumbprintSha256];
  return scene.start(["sync", ...words, ...trust, "--s3-endpoint", scene.s3.url]).outcome;
}

const mirrored = () => scene.s3.objects(BUCKET).filter((key) => !key.includes(".library-export/"));

test("a library is mirrored with a line for each item and the sums, and a second time nothing is moved", async () => {
  const first = await runSync("Golden Images", DESTINATION);
  expect(first.stderr).toBe("");
  expect(first.exitCode).toBe(0);
  expect(first.stdout).toMatch(/^one: exported$/m);
  expect(first.stdout).toMatch(/^vm +new +exported +2 +\d+ B$/m);
  expect(first.stdout).toMatch(/^template +not exportable +not exportable$/m);
  expect(first.stdout).toMatch(/^library Golden Images: 2 exported, 1 not exportable$/m);
  expect(first.stdout).toMatch(/^index exports\/Golden Images\/lib\.json$/m);
  expect((await scene.object("exports/Golden Images/one/one.bin")).toString()).toBe("one");

  const transfers = scene.vcenter.transfers.length;
  const second = await runSync("Golden Images", DESTINATION);
  expect(second.exitCode).toBe(0);
  expect(second.stdout).toMatch(
    /^library Golden Images: 2 unchanged, 1 not exportable\n0 files moved, 0 B$/m,
  );
  expect(scene.vcenter.transfers).toHaveLength(transfers);
});

test("a dry run shows the plan, and exports nothing", async () => {
  const { exitCode, stdout } = await runSync("Golden Images", DESTINATION, "--dry-run");
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^one +new +planned +1 +3 B$/m);
  expect(mirrored()).toEqual([]);
});

test("an item that fails makes the exit code 1, and is named on the standard error", async () => {
  scene.vcenter.behaviour.wrongSessionChecksums = ["one.bin"];
  const { exitCode, stdout, stderr } = await runSync("Golden Images", DESTINATION);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^ChecksumMismatch: 1 of 3 items failed: "one": /);
  expect(stdout).toMatch(/^one: failed: ChecksumMismatch$/m);
  expect(stdout).toMatch(/^one +new +failed +ChecksumMismatch$/m);
  expect(stdout).toMatch(/^vm +new +exported/m);
});

test("with --json, every line is an object, and the last is the report with its items", async () => {
  const id = scene.vcenter.libraryId("Golden Images");
  const { exitCode, stdout } = await runSync("--library-id", id, DESTINATION, "--json", "--no-index");
  expect(exitCode).toBe(0);
  const lines = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines).toContainEqual(expect.objectContaining({ event: "state", name: "vm", phase: "EXPORTED" }));
  expect(lines.at(-1)).toMatchObject({ event: "report", status: "SYNCHRONIZED", filesMoved: 3, index: null });
  expect(lines.at(-1).items).toHaveLength(3);
  expect(mirrored()).not.toContain("exports/Golden Images/lib.json");
});

test("what vCenter has no more is deleted when asked for", async () => {
  await runSync("Golden Images", DESTINATION);
  scene.vcenter.removeItem(scene.vcenter.itemId("one"));
  const { stdout } = await runSync("Golden Images", DESTINATION, "--on-delete", "delete");
  expect(stdout).toMatch(/^one +gone +deleted$/m);
  expect(mirrored().filter((key) => key.includes("/one/"))).toEqual([]);
});

test("--max-transfers bounds what is open at the same time, over all items", async () => {
  const { vcenter } = scene;
  let most = 0;
  const meanwhile = () => {
    most = Math.max(most, vcenter.openDownloadSessions().length);
  };
  vcenter.behaviour.faults.push({ on: "data", times: Number.POSITIVE_INFINITY, meanwhile });
  const { exitCode } = await runSync("Golden Images", DESTINATION, "--max-transfers", "1");
  expect(exitCode).toBe(0);
  expect(most).toBe(1);
});

test("a library that is not there is told, with exit code 1", async () => {
  const { exitCode, stderr } = await runSync("Silver Images", DESTINATION);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^LibraryNotFound: /);
});

test.each([
  { words: ["Golden Images"], says: "sync takes LIBRARY s3://bucket/prefix" },
  {
    words: ["Golden Images", DESTINATION, "--on-delete", "shred"],
    says: "Allowed choices are keep, mark, delete",
  },
  { words: ["--library-id", "x", "Golden Images", DESTINATION], says: "named by --library-id" },
])("$words is wrong usage: $says", async ({ words, says }) => {
  const { exitCode, stderr } = await runSync(...words);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(says);
});
