import { randomBytes, randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { BUCKET, DESTINATION, Scene } from "./scene.ts";

const disk = randomBytes(300_000);
const descriptor = Buffer.from("<Envelope/>");

let scene: Scene;

beforeEach(async () => {
  const files = [
    { name: "vm.ovf", content: descriptor },
    { name: "disk-0.vmdk", content: disk },
  ];
  scene = await Scene.open([
    {
      name: "Golden Images",
      items: [
        { name: "vm", type: "ovf", files },
        { name: "twin", type: "ovf", files },
        { name: "twin", type: "ovf", files },
        { name: "template", type: "vm-template", files: [] },
        { name: "with/slash", type: "other", files: [{ name: "file", content: descriptor }] },
      ],
    },
  ]);
});

afterEach(() => scene[Symbol.asyncDispose]());

test("an exported item ends with exit code 0, a table of its files, and their bytes in the bucket", async () => {
  const { exitCode, stdout, stderr } = await scene.runExport(["Golden Images/vm", DESTINATION]);
  expect(stderr).toBe("");
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(
    /^disk-0\.vmdk +exported +293 KiB +SHA256 +[0-9a-f]{64} .*exports\/Golden Images\/vm\/disk-0\.vmdk$/m,
  );
  expect((await scene.object("exports/Golden Images/vm/disk-0.vmdk")).equals(disk)).toBe(true);
  expect(scene.leftovers()).toEqual([]);
});

test.each(["api", "rest-json", "rest-xml"])("the dialect %s leads to the same export", async (dialect) => {
  scene.vcenter.behaviour.dialects = dialect === "api" ? ["api"] : ["rest-json", "rest-xml"];
  const { exitCode } = await scene.runExport(["Golden Images/vm", DESTINATION, "--dialect", dialect]);
  expect(exitCode).toBe(0);
  expect((await scene.object("exports/Golden Images/vm/vm.ovf")).equals(descriptor)).toBe(true);
});

test("with --json, every line is an object, and the last is the report", async () => {
  const { exitCode, stdout } = await scene.runExport(["Golden Images/vm", DESTINATION, "--json"]);
  expect(exitCode).toBe(0);
  const lines = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines.at(-1)).toMatchObject({ event: "report", status: "EXPORTED", item: "vm", error: null });
  expect(lines.slice(0, -1).map(({ event }) => event)).not.toContain("report");
  expect(lines).toContainEqual(
    expect.objectContaining({ event: "state", name: "vm.ovf", phase: "EXPORTED" }),
  );
});

test("a second run finds everything unchanged, which is a success", async () => {
  await scene.runExport(["Golden Images/vm", DESTINATION]);
  const { exitCode, stdout } = await scene.runExport(["Golden Images/vm", DESTINATION]);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^vm\.ovf +unchanged/m);
});

test("an export that fails tells so by exit code 1, on the standard error and in the report", async () => {
  scene.vcenter.behaviour.wrongSessionChecksums = ["disk-0.vmdk"];
  const { exitCode, stdout, stderr } = await scene.runExport(["Golden Images/vm", DESTINATION, "--json"]);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^ChecksumMismatch: .*disk-0\.vmdk/);
  const report = JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "");
  expect(report).toMatchObject({ event: "report", status: "FAILED", error: { name: "ChecksumMismatch" } });
  expect(scene.s3.objects(BUCKET)).not.toContain("exports/Golden Images/vm/disk-0.vmdk");
  expect(scene.leftovers()).toEqual([]);
});

test("a wrong password ends it after one attempt", async () => {
  const { exitCode, stderr } = await scene.runExport(["Golden Images/vm", DESTINATION], {
    LIBRARY_EXPORT_PASSWORD: randomUUID(),
  });
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^LoginRefused: /);
  expect(scene.vcenter.loginAttempts()).toBe(1);
});

test("a dry run shows the files, and writes nothing", async () => {
  const { exitCode, stdout } = await scene.runExport(["Golden Images/vm", DESTINATION, "--dry-run"]);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^disk-0\.vmdk +planned/m);
  expect(scene.s3.objects(BUCKET)).toEqual([]);
  expect(scene.vcenter.transfers).toEqual([]);
});

test("globs choose the files", async () => {
  const globs = ["--include", "*.ovf", "--include", "*.vmdk", "--exclude", "disk-*"];
  const { exitCode, stdout } = await scene.runExport(["Golden Images/vm", DESTINATION, ...globs]);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^vm\.ovf +exported/m);
  expect(stdout).not.toContain("disk-0.vmdk");
});

test("two items of one name fail with their ids, and each can be exported by its id", async () => {
  const named = await scene.runExport(["Golden Images/twin", DESTINATION]);
  expect(named.exitCode).toBe(1);
  const id = scene.vcenter.itemId("twin");
  expect(named.stderr).toMatch(/^NameNotUnique: /);
  expect(named.stderr).toContain(id);
  expect((await scene.runExport(["--item-id", id, DESTINATION])).exitCode).toBe(0);
});

test("slashes that leave open which item is meant lead to the ids of both", async () => {
  await scene[Symbol.asyncDispose]();
  const files = [{ name: "file", content: descriptor }];
  scene = await Scene.open([
    { name: "a", items: [{ name: "b/c", type: "other", files }] },
    { name: "a/b", items: [{ name: "c", type: "other", files }] },
  ]);
  const { exitCode, stderr } = await scene.runExport(["a/b/c", DESTINATION]);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^NameNotUnique: The slashes leave open which item is meant/);
  for (const name of ["b/c", "c"]) expect(stderr).toContain(scene.vcenter.itemId(name));
  expect(scene.leftovers()).toEqual([]);
});

test("a name with a slash in it is found", async () => {
  const { exitCode, stdout } = await scene.runExport(["Golden Images/with/slash", DESTINATION]);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^file +exported/m);
});

test.each([
  { item: "Golden Images/nothing", error: "ItemNotFound" },
  { item: "Golden Images/no/thing", error: "ItemNotFound" },
  { item: "Silver Images/vm", error: "LibraryNotFound" },
  { item: "Golden Images/template", error: "NothingToExport" },
])("$item fails with $error", async ({ item, error }) => {
  const { exitCode, stderr } = await scene.runExport([item, DESTINATION]);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(new RegExp(`^${error}: `));
  expect(scene.leftovers()).toEqual([]);
});

test("a certificate that nobody vouches for is shown, with the option that would accept it", async () => {
  const { thumbprintSha256 } = scene.vcenter;
  const refused = await scene.start(["run", "Golden Images/vm", DESTINATION, "--s3-endpoint", scene.s3.url])
    .outcome;
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toMatch(/^CertificateMismatch: /);
  expect(refused.stderr).toMatch(new RegExp(`^ +--thumbprint ${thumbprintSha256}$`, "m"));
  expect(scene.vcenter.loginAttempts()).toBe(0);
});

test("a certificate authority in GOVC_TLS_CA_CERTS is trusted, and a declared endpoint host", async () => {
  const file = join(scene.folder, "ca.pem");
  await writeFile(file, scene.vcenter.certificate);
  const url = scene.vcenter.url.replace("127.0.0.1", "localhost");
  const words = ["run", "Golden Images/vm", DESTINATION, "--s3-endpoint", scene.s3.url];
  const { exitCode, stderr } = await scene.start([...words, "--endpoint-host", "127.0.0.1"], {
    GOVC_TLS_CA_CERTS: file,
    GOVC_URL: url,
  }).outcome;
  expect(stderr).toBe("");
  expect(exitCode).toBe(0);
});

test("neither password nor token nor download URI is in anything that is printed", async () => {
  scene.vcenter.behaviour.wrongSessionChecksums = ["disk-0.vmdk"];
  const { stdout, stderr } = await scene.runExport(["Golden Images/vm", DESTINATION, "--json"]);
  expect(stdout + stderr).not.toContain(scene.vcenter.password);
  expect(stdout + stderr).not.toContain("/cls/data/");
});
