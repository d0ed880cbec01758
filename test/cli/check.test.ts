import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Scene } from "./scene.ts";

let scene: Scene;

beforeEach(async () => {
  const files = [
    { name: "secret-project.ovf", content: Buffer.from("<Envelope/>"), checksum: "SHA1" as const },
    { name: "disk.vmdk", content: { size: 1_000_000, seed: "disk" } },
  ];
  scene = await Scene.open([{ name: "secret library", items: [{ name: "vm", type: "ovf", files }] }]);
});

afterEach(() => scene[Symbol.asyncDispose]());

function check(...words: string[]) {
  return scene.start(["check", ...words]).outcome;
}

function probe(...words: string[]) {
  const { vcenter } = scene;
  return check("--thumbprint", vcenter.thumbprintSha256, "--probe-item", vcenter.itemId("vm"), ...words);
}

test("a vCenter that serves exports well passes every check", async () => {
  const { exitCode, stdout } = await probe();
  expect(exitCode).toBe(0);
  for (const name of ["reach", "certificate", "clock", "log-in", "libraries", "item", "download", "range"]) {
    expect(stdout).toMatch(new RegExp(`^ok +${name}: `, "m"));
  }
  expect(stdout).toMatch(/^ok +checksum before: SHA1, the same/m);
  expect(stdout).toMatch(/^ok +checksum after: SHA256, the same/m);
});

test("it leaves neither download session nor log-in", async () => {
  await probe();
  expect(scene.vcenter.openDownloadSessions()).toEqual([]);
  expect(scene.vcenter.openLogins()).toEqual([]);
});

test("what it is like is told as JSON, which names no host, user, file or id", async () => {
  Object.assign(scene.vcenter.behaviour, {
    ranges: false,
    sessionsDieWithLogin: true,
    endpointThumbprint: "SHA-256",
  });
  const { exitCode, stdout } = await probe("--json");
  expect(exitCode).toBe(0);
  const { findings } = JSON.parse(stdout);
  expect(findings).toContainEqual(
    expect.objectContaining({ check: "range", status: "warn", answer: "ignored" }),
  );
  expect(findings).toContainEqual(expect.objectContaining({ check: "second log-in", survivesLogOut: false }));
  expect(findings).toContainEqual(expect.objectContaining({ endpointThumbprint: "SHA-256" }));
  const { url, username, password, thumbprintSha256 } = scene.vcenter;
  const secrets = [
    new URL(url).host,
    "127.0.0.1",
    username,
    password,
    thumbprintSha256,
    "secret",
    scene.vcenter.itemId("vm"),
  ];
  expect(secrets.filter((secret) => stdout.includes(secret))).toEqual([]);
});

test("a certificate that is not trusted fails, shows the option, and nothing is sent", async () => {
  const { exitCode, stdout } = await check();
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/^fail +certificate: /m);
  expect(stdout).toContain(`--thumbprint ${scene.vcenter.thumbprintSha256}`);
  expect(scene.vcenter.requests).toEqual([]);
});

test("a refused log-in fails after one attempt", async () => {
  const { vcenter } = scene;
  const words = ["check", "--thumbprint", vcenter.thumbprintSha256];
  const { exitCode, stdout } = await scene.start(words, { LIBRARY_EXPORT_PASSWORD: randomUUID() }).outcome;
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/^fail +log-in: LoginRefused: /m);
  expect(vcenter.loginAttempts()).toBe(1);
});

test("a wrong checksum after the download fails", async () => {
  scene.vcenter.behaviour.wrongSessionChecksums = ["secret-project.ovf"];
  const { exitCode, stdout } = await probe();
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/^fail +checksum after: /m);
  expect(scene.vcenter.openDownloadSessions()).toEqual([]);
});

test("a user who may not download is told so", async () => {
  scene.vcenter.behaviour.mayDownload = false;
  const { exitCode, stdout } = await probe();
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/^fail +\S.*: PermissionDenied: /m);
});

test("a vCenter that cannot be reached fails by that alone", async () => {
  const { exitCode, stdout } = await check("--vcenter-url", "https://127.0.0.1:9");
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/^fail +reach: VcenterUnavailable: [^\n]*\n$/);
});
