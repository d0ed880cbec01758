import manifest from "../../../package.json" with { type: "json" };

/** Versions of packages that are dependencies of this project, and so are there. */
export async function npmVersions(packages: readonly string[]): Promise<string[]> {
  const versions = new Map(Object.entries(manifest.devDependencies));
  return packages.map((name) => `${name} ${versions.get(name)}`);
}
