import { createHash, randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runProgram } from "../cli/command.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "start-"));
});

afterEach(() => rm(folder, { recursive: true }));

/** As `npm start -- --library .. --output ..` does. */
function start(library = join(folder, "library"), output = join(folder, "output")) {
  return runProgram("local/start.ts", ["--library", library, "--output", output]);
}

async function write(path: string, content: string | Buffer): Promise<void> {
  await mkdir(join(folder, "library", path, ".."), { recursive: true });
  await writeFile(join(folder, "library", path), content);
}

test("each sub-folder of one's own is exported, and the objects are the files", async () => {
  const disk = randomBytes(200_000);
  await write("vm/disk 0.vmdk", disk);
  await write("notes/größe.txt", "x");
  const { exitCode, stdout, stderr } = await start();
  expect(stderr).toBe("");
  expect(exitCode).toBe(0);
  const object = join(folder, "output", "library-export", "library", "vm", "disk 0.vmdk");
  expect((await readFile(object)).equals(disk)).toBe(true);
  const checksum = createHash("sha256").update(disk).digest("hex");
  expect(stdout).toMatch(new RegExp(`^disk 0\\.vmdk +exported +195 KiB +SHA256 +${checksum} `, "m"));
  expect(stdout).toContain("2 objects, each read back from S3");
});

test("what is deeper than an item's files, or a link, is left out and named", async () => {
  await write("vm/vm.ovf", "<Envelope/>");
  await write("vm/older/vm.ovf", "<Envelope/>");
  await symlink("vm.ovf", join(folder, "library", "vm", "link.ovf"));
  const { exitCode, stdout, stderr } = await start();
  expect(exitCode).toBe(0);
  const named = [...stderr.matchAll(/^left out: (.+?): /gm)].map(([, path]) => path);
  expect(named).toEqual(["link.ovf", "older"].map((name) => join(folder, "library", "vm", name)));
  expect(stdout).toContain("One object, read back from S3");
});

test("the command that it shows prints an object's metadata", async () => {
  await write("vm/vm.ovf", "<Envelope/>");
  const { stdout } = await start();
  const [, record = ""] = /^ {2}cat (\S+)$/m.exec(stdout) ?? [];
  expect(await readFile(record, "utf8")).toContain('"source-file": "vm.ovf"');
});

test("a second start moves only what was written in between", async () => {
  await write("vm/vm.ovf", "<Envelope/>");
  await write("iso/image.iso", "one");
  await start();
  await write("iso/image.iso", "another");
  const { exitCode, stdout } = await start();
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^vm\.ovf +unchanged/m);
  expect(stdout).toMatch(/^image\.iso +exported +7 B/m);
});

test("a folder that is not there, or holds no file, or is to hold its own objects, is wrong usage", async () => {
  expect(await start(join(folder, "missing"))).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("no such folder"),
  });
  await mkdir(join(folder, "empty"));
  expect(await start(join(folder, "empty"))).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("there is no file in it"),
  });
  expect(await start(folder)).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("is within --library"),
  });
});
