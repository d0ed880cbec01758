import { buildSync } from "esbuild";
import { bundleOptions, root } from "../../bin/bundleOptions.ts";
import { handlers } from "../../functions/handlers/index.ts";
import { syncHandlers } from "../../functions/handlers/syncHandlers.ts";

/** What is shipped with packages in it: the functions of a deployment, its container, and the command line. */
export type Artefact = "functions" | "container" | "command line";

/** A package of which code is in an artefact. */
export interface ShippedPackage {
  /** Its folder, as package-lock.json names it: `node_modules/undici`. */
  folder: string;
  artefacts: Artefact[];
}

const FUNCTIONS = [...Object.keys(handlers), ...Object.keys(syncHandlers), "CleanUp", "SweepRuns", "Api"];

const ENTRY_POINTS: Record<Artefact, string[]> = {
  functions: FUNCTIONS.map((name) => `functions/lambda/${name.charAt(0).toLowerCase()}${name.slice(1)}.ts`),
  container: ["functions/container/main.ts"],
  "command line": ["cli/main.ts"],
};

/** Bundles every artefact without writing it, and tells the packages that esbuild found a use for, by their folders. */
export function shippedPackages(): ShippedPackage[] {
  const artefactsOf = new Map<string, Artefact[]>();
  for (const artefact of ["functions", "container", "command line"] as const) {
    for (const folder of packagesOf(ENTRY_POINTS[artefact])) {
      artefactsOf.set(folder, [...(artefactsOf.get(folder) ?? []), artefact]);
    }
  }
  return [...artefactsOf]
    .map(([folder, artefacts]) => ({ folder, artefacts }))
    .sort((a, b) => (a.folder < b.folder ? -1 : 1));
}

function packagesOf(entryPoints: string[]): Set<string> {
  const { metafile } = buildSync({
    ...bundleOptions,
    // One bundle of them all: what they share is looked at once.
    stdin: {
      contents: entryPoints.map((path, index) => `export * as entry${index} from "./${path}";`).join("\n"),
      resolveDir: root,
    },
    write: false,
    metafile: true,
  });
  // Outputs, not inputs: of what was only looked at, nothing is shipped.
  const used = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0),
  );
  const folders = used.map(([path]) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0]);
  return new Set(folders.filter((folder) => folder !== undefined));
}
