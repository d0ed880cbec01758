import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Reporter, TestCase, TestModule, Vitest } from "vitest/node";
import type { Claim, PeerResults } from "./claims.ts";

const path = fileURLToPath(new URL("../../../docs/peers.json", import.meta.url));

/** Writes docs/peers.json when a run of all peers has shown all of its claims. */
export class ClaimsReporter implements Reporter {
  #vitest: Vitest | undefined;

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  async onTestRunEnd(
    modules: readonly TestModule[],
    errors: readonly unknown[],
    reason: string,
  ): Promise<void> {
    if (reason !== "passed" || errors.length > 0) return;
    const claims = modules.flatMap((module) => [...module.children.allTests()].map(claimOf)).sort(byName);
    const versions = this.#vitest?.getRootProject().getProvidedContext().peerVersions ?? [];
    const results: PeerResults = { versions, claims };
    const fresh = `${JSON.stringify(results, undefined, 2)}\n`;
    const committed = await readFile(path, "utf8").catch(() => "");
    if (fresh === committed) return;
    await writeFile(path, fresh);
    console.log('docs/peers.json has changed: run "npm run docs" and commit what it writes.');
  }
}

function claimOf(test: TestCase): Claim {
  const blocks: string[] = [];
  for (let block = test.parent; block.type === "suite"; block = block.parent) blocks.unshift(block.name);
  const [folder = ""] = test.module.relativeModuleId.split("/").slice(-2);
  const [peer = folder, ...topic] = blocks;
  const { difference } = test.meta();
  return {
    peer,
    topic: topic.join(": "),
    claim: test.name,
    ...(difference !== undefined && { difference }),
  };
}

function byName(one: Claim, other: Claim): number {
  const [left, right] = [one, other].map(({ topic, claim, peer }) => [topic, claim, peer].join("\0"));
  return left === right ? 0 : (left ?? "") < (right ?? "") ? -1 : 1;
}
