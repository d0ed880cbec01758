import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";

const MAIN = join(import.meta.dirname, "../../simulators/vcenter/main.ts");
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "library-"));
  await mkdir(join(folder, "it's one"));
  await writeFile(join(folder, "it's one", "a.bin"), "bytes");
});

afterAll(() => rm(folder, { recursive: true }));

function start(words: string[], environment: NodeJS.ProcessEnv = {}): ChildProcess {
  return spawn(process.execPath, [MAIN, ...words], { env: { ...process.env, ...environment } });
}

/** Reads stdout until the pattern is there. */
async function waitFor(child: ChildProcess, pattern: RegExp): Promise<string> {
  let seen = "";
  for await (const chunk of child.stdout ?? []) {
    seen += chunk;
    if (pattern.test(seen)) return seen;
  }
  throw new Error(`ended without ${pattern}: ${seen}`);
}

test("it says how to reach it, gives a command to paste, and stops at Ctrl-C", async () => {
  const password = randomUUID();
  const child = start(["--library", folder, "--dialect", "rest-json"], { LIBRARY_EXPORT_PASSWORD: password });
  const exit = once(child, "exit");
  const said = await waitFor(child, /Ctrl-C/);
  expect(said).toMatch(/URL {7}https:\/\/127\.0\.0\.1:\d+\n/);
  expect(said).toContain(`password  ${password}`);
  expect(said).toMatch(/SHA-1 {5}([0-9A-F]{2}:){19}[0-9A-F]{2}\n/);
  expect(said).toMatch(/--thumbprint ([0-9A-F]{2}:){31}[0-9A-F]{2}\n/);
  expect(said).toContain("dialects  rest-json\n");
  expect(said).toContain(`/it'\\''s one'`);
  child.kill("SIGINT");
  expect(await exit).toEqual([0, null]);
});

test.each([
  ["an unknown option", ["--liberry", "x"], "unknown option '--liberry'"],
  ["a port that is no number", ["--port", "http"], "It must be a whole number from 0 to 65535"],
  ["an unknown dialect", ["--dialect", "soap"], "Allowed choices are api, rest-json, rest-xml"],
  ["a missing folder", ["--library", "./no/such/folder"], "./no/such/folder: there is no such folder"],
])("%s is wrong usage", async (_, words, sentence) => {
  const child = start(words);
  const [said, [code]] = await Promise.all([child.stderr ? text(child.stderr) : "", once(child, "exit")]);
  expect(said).toContain(sentence);
  expect(code).toBe(2);
});
