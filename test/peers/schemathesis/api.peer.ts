import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openApi } from "../../../docs/pages/openapi.ts";
import { ApiScene } from "../../api/scene.ts";
import { pythonFolder } from "../install/python.ts";
import { PEERS } from "../peers.ts";

const python = join(pythonFolder("schemathesis", PEERS.schemathesis.python.packages), "bin/python");

/** Every check but those that this API means otherwise. */
const CHECKS = [
  "--checks",
  "all",
  "--exclude-checks",
  // An export that was stopped can still be looked at.
  "use_after_free",
];

/** What the description's example names. */
const libraries = [
  {
    name: "Golden Images",
    items: [
      { name: "ubuntu-24.04", type: "other", files: [{ name: "disk.img", content: Buffer.from("disk") }] },
    ],
  },
];

test("the API does what its description says, whatever is asked of it", async () => {
  await using scene = await ApiScene.open("in this process", { libraries });
  const folder = await mkdtemp(join(tmpdir(), "schemathesis-"));
  try {
    const description = join(folder, "openapi.json");
    // API Gateway authorises; on this machine nobody does.
    await writeFile(description, JSON.stringify({ ...openApi("0"), security: [] }));
    const { exitCode, output } = await schemathesis(folder, [
      ...["run", description, "--url", scene.url, ...CHECKS],
      ...["--max-examples", "100", "--seed", "1", "--generation-deterministic"],
      "--no-color",
    ]);
    expect(exitCode, output).toBe(0);
    expect(output).toMatch(/Tested: 4$/m);
    expect(output).toMatch(/\d{3,} generated, \d{3,} passed/);
    const exported = await scene.get("/exports?state=SUCCEEDED&limit=1");
    expect(exported.body.exports).toHaveLength(1);
    expect(scene.warnings).toEqual([]);
  } finally {
    await rm(folder, { recursive: true });
  }
}, 300_000);

async function schemathesis(cwd: string, words: string[]): Promise<{ exitCode: number; output: string }> {
  const { promise, resolve } = Promise.withResolvers<{ exitCode: number; output: string }>();
  const { PATH } = process.env;
  const options = { cwd, env: { PATH, PYTHONUTF8: "1", HOME: cwd }, maxBuffer: 64 * 1024 ** 2 };
  execFile(python, ["-m", "schemathesis.cli", ...words], options, (error, stdout, stderr) => {
    resolve({ exitCode: error === null ? 0 : Number(error.code ?? 1), output: stdout + stderr });
  });
  return promise;
}
