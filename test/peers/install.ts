import type { TestProject } from "vitest/node";
import { installDebian } from "./install/debian.ts";
import { installGo } from "./install/go.ts";
import { npmVersions } from "./install/npm.ts";
import { installPython } from "./install/python.ts";
import { installedPeers, PEERS, type Peer } from "./peers.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** `name version` of everything that this run uses. */
    peerVersions: string[];
  }
}

/**
 * Installs what the selected peers need, where it is not there already, and says which versions are used. What
 * cannot be installed ends the run.
 */
export async function setup(project: TestProject): Promise<void> {
  const installed = await Promise.all(
    installedPeers(process.env.PEERS).map(async (name): Promise<string[]> => {
      const { go, debian, python, npm }: Peer = PEERS[name];
      const done = [];
      if (go) for (const [program, source] of Object.entries(go)) done.push(installGo(program, source));
      if (debian) done.push(installDebian(debian));
      if (python) done.push(installPython(name, python));
      if (npm) done.push(npmVersions(npm));
      return (await Promise.all(done)).flat();
    }),
  );
  const versions = installed.flat();
  project.provide("peerVersions", versions);
  console.log(`Peers:\n${versions.join("\n")}`);
}
