import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build, type Metafile } from "esbuild";
import { bundleOptions, root } from "./bundleOptions.ts";

/**
 * Makes what the published package runs, because Node strips no types below node_modules: the command line and
 * everything it uses in one file, dist/library-export.js, and the licenses of the packages in it beside that.
 */
const { metafile } = await build({
  ...bundleOptions,
  entryPoints: { "library-export": "cli/main.ts" },
  outdir: "dist",
  metafile: true,
});
await writeFile(join(root, "dist", "licenses.txt"), await licenses(metafile));

async function licenses({ inputs }: Metafile): Promise<string> {
  const folders = Object.keys(inputs).map((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0]);
  const texts = [...new Set(folders)].filter((folder) => folder !== undefined).sort();
  return (await Promise.all(texts.map(license))).join(`\n${"-".repeat(80)}\n\n`);
}

async function license(folder: string): Promise<string> {
  const { name, version, license } = JSON.parse(await readFile(join(root, folder, "package.json"), "utf8"));
  const file = (await readdir(join(root, folder))).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file === undefined ? "" : await readFile(join(root, folder, file), "utf8");
  return `${name} ${version} (${license})\n\n${text}`;
}
