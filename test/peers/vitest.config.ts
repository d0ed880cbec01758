import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { selectedPeers } from "./peers.ts";
import { ClaimsReporter } from "./report/claimsReporter.ts";

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
    // The page of claims is of all peers or not written. CI's reporters, given as options, replace these.
    reporters: ["default", ...(process.env.PEERS ? [] : [new ClaimsReporter()])],
    globalSetup: ["test/peers/install.ts"],
    // Every peer serves one machine with two cores.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
