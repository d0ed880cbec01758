import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Stack, Stage } from "aws-cdk-lib";
import { Code } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import { type BuildOptions, buildSync } from "esbuild";

export const root = fileURLToPath(new URL("..", import.meta.url));

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
  buildSync(bundleOptions(entryPoints, folder));
}

/** How esbuild makes `<folder>/<name>.mjs` with its source map for each name of an entry point. */
export function bundleOptions(entryPoints: Record<string, string>, folder: string) {
  return {
    absWorkingDir: root,
    entryPoints,
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    target: "node24",
    format: "esm",
    // ES modules first: of CommonJS nothing that is unused can be left out.
    mainFields: ["module", "main"],
    // CommonJS packages within an ES module still call require for Node's own modules.
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
    // Names stay: those of errors are part of the state machine's contract, those of functions of stack traces.
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: "none",
    sourcemap: "linked",
    sourcesContent: false,
    logLevel: "warning",
  } as const satisfies BuildOptions;
}

function fileOf(name: string): string {
  return `${name.charAt(0).toLowerCase()}${name.slice(1)}.ts`;
}
