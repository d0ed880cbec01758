import { createHash, randomBytes } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Scene } from "./scene.ts";

const image = randomBytes(5000);

let scene: Scene;

beforeEach(async () => {
  const iso = { name: "debian.iso", content: image, checksum: "SHA256" } as const;
  scene = await Scene.open([
    {
      name: "ISOs",
      items: [
        { name: "debian-12", type: "iso", files: [iso, { name: "notes.txt", content: Buffer.from("x") }] },
        { name: "debian-9", type: "iso", files: [iso] },
      ],
    },
    {
      name: "ISOs/old",
      type: "SUBSCRIBED",
      items: [{ name: "cd", type: "iso", cached: false, files: [iso] }],
    },
  ]);
});

afterEach(() => scene[Symbol.asyncDispose]());

function ls(...words: string[]) {
  return scene.start(["ls", ...words, "--thumbprint", scene.vcenter.thumbprintSha256]).outcome;
}

test("without a name, the libraries are listed", async () => {
  const { exitCode, stdout } = await ls();
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^ISOs +LOCAL +\S+$/m);
  expect(stdout).toMatch(/^ISOs\/old +SUBSCRIBED +\S+$/m);
});

test("the items of a library are listed in the order that people count", async () => {
  const { stdout } = await ls("ISOs");
  expect(stdout).toMatch(new RegExp(`^debian-9 .* ${scene.vcenter.itemId("debian-9")}\ndebian-12 `, "m"));
});

test("the files of an item are listed with what is known of their checksums", async () => {
  const { stdout } = await ls("ISOs/debian-12");
  const checksum = createHash("sha256").update(image).digest("hex");
  expect(stdout).toMatch(new RegExp(`^debian\\.iso +4\\.88 KiB +SHA256 +${checksum}$`, "m"));
  expect(stdout).toMatch(/^notes\.txt +1 B +not known before the download$/m);
});

test("a name with a slash may be that of a library", async () => {
  const { stdout } = await ls("ISOs/old");
  expect(stdout).toMatch(/^cd +iso +not cached/m);
});

test("with --json, each line is an object", async () => {
  const { stdout } = await ls("ISOs/debian-9", "--json");
  expect(JSON.parse(stdout)).toMatchObject({
    libraryItemId: scene.vcenter.itemId("debian-9"),
    name: "debian.iso",
    size: 5000,
  });
});

test("where no library is visible, the hint is the global permission", async () => {
  scene.vcenter.behaviour.librariesVisible = false;
  const all = await ls();
  expect(all.exitCode).toBe(0);
  expect(all.stderr).toContain("global permission");
  const one = await ls("ISOs");
  expect(one.exitCode).toBe(1);
  expect(one.stderr).toMatch(/^LibraryNotFound: [\s\S]*global permission/);
});

test("no log-in is left behind, whatever comes of it", async () => {
  await ls("ISOs");
  await ls("nothing");
  expect(scene.vcenter.openLogins()).toEqual([]);
});

test("an item that is not in a library which is there is missed by its name", async () => {
  const { exitCode, stderr } = await ls("ISOs/none");
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^ItemNotFound: There is no item "ISOs\/none"/);
});

test("a certificate that is not trusted is refused with the thumbprint to compare", async () => {
  const { exitCode, stderr } = await scene.start(["ls"]).outcome;
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^CertificateMismatch: /);
  expect(stderr).toContain(`--thumbprint ${scene.vcenter.thumbprintSha256}`);
  expect(scene.vcenter.requests).toEqual([]);
});
