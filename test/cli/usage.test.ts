import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { runCommand } from "./command.ts";

// Port 9 (discard) is not listened on: nothing here may get as far as a connection.
const complete = {
  GOVC_URL: "https://127.0.0.1:9",
  GOVC_USERNAME: "reader",
  GOVC_PASSWORD: randomUUID(),
  AWS_ACCESS_KEY_ID: randomUUID(),
  AWS_SECRET_ACCESS_KEY: randomUUID(),
  AWS_REGION: "eu-central-1",
};
const run = ["run", "lib/item", "s3://my-archive"];

test("--version and --help are successes", async () => {
  expect(await runCommand(["--version"])).toEqual({
    exitCode: 0,
    stdout: `${manifest.version}\n`,
    stderr: "",
  });
  const help = await runCommand(["run", "--help"]);
  expect(help.exitCode).toBe(0);
  for (const option of [
    "--item-id",
    "--thumbprint",
    "--endpoint-host",
    "--staging-bucket",
    "--dry-run",
    "--json",
  ]) {
    expect(help.stdout).toContain(option);
  }
});

test.each([
  { words: [], says: "Usage: library-export" },
  { words: ["export"], says: "unknown command 'export'" },
  { words: ["run"], says: "run takes" },
  { words: [...run, "--no-such-option"], says: "unknown option '--no-such-option'" },
  { words: [...run, "--password", "x"], says: "unknown option '--password'" },
  { words: [...run, "--dialect", "soap"], says: "Allowed choices are auto, api, rest-json, rest-xml" },
  { words: [...run, "--overwrite", "maybe"], says: "Allowed choices are if-changed, never, always" },
  { words: [...run, "--part-size", "4MiB"], says: "5MiB to 5GiB" },
  { words: [...run, "--part-size", "big"], says: "such as 64MiB" },
  { words: [...run, "--max-concurrency", "0"], says: "from 1 to 40" },
  { words: [...run, "--readers", "17"], says: "from 1 to 16" },
  { words: [...run, "--max-transfers", "65"], says: "from 1 to 64" },
  { words: [...run, "--mount", "/mnt"], says: "ds:///vmfs/volumes/UUID=DIRECTORY" },
  { words: [...run, "--thumbprint", "AB:CD"], says: "hexadecimal digits" },
  { words: [...run, "--s3-endpoint", "minio"], says: "must be a URL" },
  { words: ["run", "lib/item", "my-archive"], says: "s3://bucket/prefix" },
  { words: ["run", "lib", "s3://my-archive"], says: "LIBRARY/ITEM" },
  { words: [...run, "--vcenter-url", "http://127.0.0.1:9"], says: "--allow-http" },
  { words: [...run, "--ca-file", "/nonexistent/ca.pem"], says: "/nonexistent/ca.pem cannot be read" },
])("$words is wrong usage: $says", async ({ words, says }) => {
  const { exitCode, stdout, stderr } = await runCommand(words, complete);
  expect(stderr).toContain(says);
  expect(stdout).toBe("");
  expect(exitCode).toBe(2);
});

test.each([
  { missing: ["GOVC_URL"], says: "--vcenter-url" },
  { missing: ["GOVC_USERNAME"], says: "--username" },
  { missing: ["GOVC_PASSWORD"], says: "LIBRARY_EXPORT_PASSWORD" },
  { missing: ["AWS_REGION"], says: "AWS_REGION" },
  { missing: ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"], says: "AWS_PROFILE" },
])("without $missing it says what to set, and asks nobody", async ({ missing, says }) => {
  const environment = Object.entries(complete).filter(([name]) => !missing.includes(name));
  const { exitCode, stderr } = await runCommand(run, Object.fromEntries(environment));
  expect(stderr).toMatch(/^InvalidInput: /);
  expect(stderr).toContain(says);
  expect(exitCode).toBe(2);
});

test("a password on the command line is refused, and not repeated", async () => {
  const password = randomUUID();
  const url = `https://reader:${password}@127.0.0.1:9`;
  const { exitCode, stderr } = await runCommand([...run, "--vcenter-url", url], complete);
  expect(exitCode).toBe(2);
  expect(stderr).toContain("LIBRARY_EXPORT_PASSWORD");
  expect(stderr).not.toContain(password);
});

test.each([
  run,
  ["verify", "s3://my-archive"],
])("credentials in %s --s3-endpoint are refused, and not repeated", async (...words) => {
  const password = randomUUID();
  const endpoint = ["--s3-endpoint", `https://key:${password}@127.0.0.1:9`];
  const { exitCode, stderr } = await runCommand([...words, ...endpoint], complete);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/^InvalidInput: --s3-endpoint must not hold credentials/);
  expect(stderr).not.toContain(password);
});

test("a --ca-file that is no PEM is named", async () => {
  const folder = await mkdtemp(join(tmpdir(), "usage-"));
  try {
    const file = join(folder, "ca.der");
    await writeFile(file, Buffer.from([0x30, 0x82]));
    const { exitCode, stderr } = await runCommand([...run, "--ca-file", file], complete);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`the file ${file} holds no PEM certificate`);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("on a Node that is too old, it says in one sentence which one it needs", async () => {
  const older =
    'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.1.0" } })';
  const { exitCode, stdout, stderr } = await runCommand(["--version"], {
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(older)}`,
  });
  expect(stderr).toMatch(/^library-export needs Node 24 or newer; this is v\S+\.\n$/);
  expect(stdout).toBe("");
  expect(exitCode).toBe(2);
});

test("a region that is none is wrong usage, and told as what it is", async () => {
  const { exitCode, stderr } = await runCommand(["list"], { ...complete, AWS_REGION: "eu central 1" });
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/^InvalidInput: No AWS region: set AWS_REGION.*"eu central 1"/);
});

test("a word that would steer the terminal is quoted as what it is", async () => {
  const { exitCode, stderr } = await runCommand(["list", "--\u001b[2Jx"]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain("unknown option '--\\u{1b}[2Jx'");
});
