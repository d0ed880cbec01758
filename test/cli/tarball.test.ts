import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { DESTINATION, Scene } from "./scene.ts";

const execute = promisify(execFile);
const root = fileURLToPath(new URL("../../", import.meta.url));

let folder: string;
let packed: string[];
let installed: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tarball-"));
  const { stdout } = await execute("npm", ["pack", "--json", "--pack-destination", folder], { cwd: root });
  const [tarball] = JSON.parse(stdout);
  packed = tarball.files.map(({ path }: { path: string }) => path);
  installed = join(folder, "node_modules", "library-export");
  await mkdir(installed, { recursive: true });
  await execute("tar", ["-xzf", join(folder, tarball.filename), "-C", installed, "--strip-components=1"]);
});

afterAll(() => rm(folder, { recursive: true }));

test("the package holds the program, its licenses and its pages, and nothing else", () => {
  expect(packed.filter((path) => !/^(README|docs\/[\w-]+\.(md|svg)$)/.test(path)).sort()).toEqual([
    "LICENSE",
    "bin/library-export.js",
    "dist/library-export.js",
    "dist/licenses.txt",
    "package.json",
  ]);
  expect(manifest).not.toHaveProperty("dependencies");
});

test("the installed package exports an item, with nothing but Node beside it", async () => {
  const file = { name: "file.bin", content: { size: 100_000, seed: "file" } };
  await using scene = await Scene.open([
    { name: "lib", items: [{ name: "item", type: "other", files: [file] }] },
  ]);
  const { url, thumbprintSha256 } = scene.vcenter;
  const connection = ["--vcenter-url", url, "--thumbprint", thumbprintSha256, "--s3-endpoint", scene.s3.url];
  const words = [join(installed, "bin", "library-export.js"), "run", "lib/item", DESTINATION, ...connection];
  const { stdout } = await execute(process.execPath, words, { cwd: folder, env: scene.environment });
  expect(stdout).toMatch(/^file\.bin +exported/m);
});

test("it tells its version", async () => {
  const words = [join(installed, "bin", "library-export.js"), "--version"];
  expect((await execute(process.execPath, words, { cwd: folder })).stdout).toBe(`${manifest.version}\n`);
});
