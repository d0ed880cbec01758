import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { selectedPeers } from "./peers.ts";

/** `npm run test:peers`. Each peer has a folder of tests; `PEERS=vcsim,versitygw` names some of them. */
const selected = selectedPeers(process.env.PEERS);

export default defineConfig({
  test: {
    root: fileURLToPath(new URL("../..", import.meta.url)),
    include: [
      ...selected.map((name) => `test/peers/${name}/**/*.peer.ts`),
      ...(selected.includes("vcsim") && selected.includes("versitygw")
        ? ["test/peers/together/**/*.peer.ts"]
        : []),
    ],
    globalSetup: ["test/peers/install.ts"],
    // Every peer serves one machine with two cores.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
