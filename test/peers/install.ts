import { installDebian } from "./install/debian.ts";
import { installGo } from "./install/go.ts";
import { installPython } from "./install/python.ts";
import { installedPeers, PEERS, type Peer } from "./peers.ts";

/**
 * Installs what the selected peers need, where it is not there already, and says which versions are used. What
 * cannot be installed ends the run.
 */
export async function setup(): Promise<void> {
  const installed = await Promise.all(
    installedPeers(process.env.PEERS).map(async (name): Promise<string[]> => {
      const { go, debian, python }: Peer = PEERS[name];
      const done = [];
      if (go) for (const [program, source] of Object.entries(go)) done.push(installGo(program, source));
      if (debian) done.push(installDebian(debian));
      if (python) done.push(installPython(name, python));
      return (await Promise.all(done)).flat();
    }),
  );
  console.log(`Peers:\n${installed.flat().join("\n")}`);
}
