import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

const VITEST = fileURLToPath(new URL("../../../node_modules/vitest/vitest.mjs", import.meta.url));
const REPORTER = new URL("claimsReporter.ts", import.meta.url).href;
const BEFORE = "what an earlier run has shown\n";

let folder: string;
let page: string;

/** Runs a suite of two peers, which make three claims, in a vitest of its own. */
async function run(options: string[]): Promise<string> {
  const arguments_ = [VITEST, "run", "--root", folder, "--config", "suite.config.ts", ...options];
  await promisify(execFile)(process.execPath, arguments_, { cwd: folder });
  return readFile(page, "utf8");
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "claims-"));
  page = join(folder, "peers.json");
  const config = `import { ClaimsReporter } from ${JSON.stringify(REPORTER)};
export default {
  test: {
    globals: true,
    include: ["**/*.peer.ts"],
    reporters: [new ClaimsReporter(${JSON.stringify(page)})],
  },
};`;
  await writeFile(join(folder, "suite.config.ts"), config);
  for (const [peer, claims] of Object.entries({ gateway: ["stores", "lists"], emulator: ["answers"] })) {
    await mkdir(join(folder, peer));
    const tests = claims.map((claim) => `test("${claim}", () => {});`);
    await writeFile(join(folder, peer, "all.peer.ts"), tests.join("\n"));
  }
});

afterAll(() => rm(folder, { recursive: true }));
beforeEach(() => writeFile(page, BEFORE));

test("a run of everything is written down", async () => {
  const { claims } = JSON.parse(await run([]));
  expect(claims.map(({ peer, claim }: { peer: string; claim: string }) => `${peer} ${claim}`)).toEqual([
    "emulator answers",
    "gateway lists",
    "gateway stores",
  ]);
});

test.each([
  { asked: "some claims by name", options: ["-t", "stores"] },
  { asked: "one file", options: ["gateway"] },
])("a run of $asked claims nothing of the rest, and leaves the page alone", async ({ options }) => {
  expect(await run(options)).toBe(BEFORE);
});
