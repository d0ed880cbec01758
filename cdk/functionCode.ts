import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Stack, Stage } from "aws-cdk-lib";
import { Code } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import { buildSync } from "esbuild";
import { bundleOptions, root } from "../bin/bundleOptions.ts";

/**
 * The code of each function, bundled by esbuild with everything it imports, the AWS SDK included, so that what was
 * tested is what runs. Source maps lead back to the sources. It needs neither network nor Docker.
 */
export function functionCode<Name extends string>(
  scope: Construct,
  names: readonly Name[],
): (name: Name) => Code {
  // `cdk ls` and the like want no bundle.
  if (!Stack.of(scope).bundlingRequired) return () => Code.fromAsset(join(root, "functions", "lambda"));
  const folder = bundleFolder(scope, "functions");
  bundle(
    Object.fromEntries(names.map((name) => [`${name}/index`, `functions/lambda/${fileOf(name)}`])),
    folder,
  );
  return (name) => Code.fromAsset(join(folder, name));
}

/** A folder for bundles, within what synthesis writes. */
export function bundleFolder(scope: Construct, name: string): string {
  const folder = join(Stage.of(scope)?.outdir ?? "cdk.out", name);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Writes `<folder>/<name>.mjs` with its source map for each name of an entry point. */
export function bundle(entryPoints: Record<string, string>, folder: string): void {
  buildSync({
    ...bundleOptions,
    entryPoints,
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    sourcemap: "linked",
    sourcesContent: false,
  });
}

function fileOf(name: string): string {
  return `${name.charAt(0).toLowerCase()}${name.slice(1)}.ts`;
}
