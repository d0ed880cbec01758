import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { bundleOptions } from "../../bin/bundleOptions.ts";
import { folder } from "../peers/install/folder.ts";
import { installGo } from "../peers/install/go.ts";
import { installPython, pythonFolder } from "../peers/install/python.ts";
import { run } from "../peers/install/run.ts";
import { PEERS } from "../peers/peers.ts";

const AWS = { version: "3.11", packages: ["awscli==1.45.11"] } as const;

/** What the benchmark runs besides Node, each where it is; undefined: it could not be installed. */
export interface Programs {
  nginx: string;
  /** Programs of `go/`, by name. */
  go(name: "measure" | "mover" | "paced" | "sink"): string;
  /** The Node programs beside this file, bundled as the published program is. */
  script(name: "bareNode" | "libStorage" | "pipeline"): string;
  versitygw: boolean;
  rclone: string | undefined;
  /** A Python that has the AWS command line. */
  awsPython: string | undefined;
  /** What is not there, and why. */
  missing: string[];
  /** Names and versions. */
  versions: string[];
}

/**
 * Installs what is missing, into the folder of the peers.
 * @throws Error when nginx or the bench's own Go programs cannot be had: without them there is no measurement
 */
export async function installPrograms(): Promise<Programs> {
  const missing: string[] = [];
  const optional = async <T>(name: string, install: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await install();
    } catch (error) {
      missing.push(`${name}: ${String(error).split("\n")[0]}`);
      return undefined;
    }
  };
  const nginx = await unpackDebian("nginx", "usr/sbin/nginx");
  const goFolder = await buildGo();
  const scripts = await bundleScripts();
  const rclone = await optional("rclone", () => unpackDebian("rclone", "usr/bin/rclone"));
  const aws = await optional("aws", () => installPython("awscli", AWS));
  const versitygw = await optional("versitygw", () => installGo("versitygw", PEERS.versitygw.go.versitygw));
  return {
    nginx,
    go: (name) => join(goFolder, name),
    script: (name) => join(scripts, `${name}.mjs`),
    versitygw: versitygw !== undefined,
    rclone,
    awsPython: aws && join(pythonFolder("awscli", AWS.packages), "bin/python"),
    missing,
    versions: [
      await firstLine(nginx, "-V"),
      await firstLine("go", "version"),
      await firstLine("curl", "--version"),
      ...(rclone ? [await firstLine(rclone, "version")] : []),
      ...(aws ?? []),
      ...(versitygw ?? []),
      `node ${process.version}`,
    ],
  };
}

/** Takes one program out of a Debian package without installing that: no service starts, and root is not needed. */
async function unpackDebian(name: string, program: string): Promise<string> {
  const place = join(folder, name);
  const path = join(place, program);
  if (existsSync(path)) return path;
  const unfinished = `${place}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  const download = () => run("bash", ["-c", 'cd "$0" && apt-get download -qq "$1"', unfinished, name]);
  await download().catch(async () => {
    await run("apt-get", ["update", "-qq"], { hint: "The lists of packages are for root to update." });
    await download();
  });
  const archive = (await readdir(unfinished)).find((file) => file.endsWith(".deb"));
  if (archive === undefined) throw new Error(`apt-get downloaded no package ${name}`);
  await run("dpkg", ["-x", join(unfinished, archive), unfinished]);
  await rename(unfinished, place);
  return path;
}

async function buildGo(): Promise<string> {
  const to = join(folder, "bench-go");
  await mkdir(to, { recursive: true });
  const source = fileURLToPath(new URL("go", import.meta.url));
  await run("go", ["build", "-C", source, "-o", `${to}/`, "./..."], {
    hint: "Go 1.24 or newer has to be installed.",
  });
  return to;
}

async function bundleScripts(): Promise<string> {
  const outdir = join(folder, "bench-scripts");
  await build({
    ...bundleOptions,
    absWorkingDir: fileURLToPath(new URL(".", import.meta.url)),
    entryPoints: ["bareNode.ts", "libStorage.ts", "pipeline.ts"],
    ...{ outdir, outExtension: { ".js": ".mjs" } },
  });
  return outdir;
}

async function firstLine(program: string, word: string): Promise<string> {
  const said = await run("bash", ["-c", '"$0" "$1" 2>&1 | head -1', program, word]);
  return said.trim();
}
