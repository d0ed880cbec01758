import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Reporter, TestCase, TestModule } from "vitest/node";
import { installedVersions } from "../install/versions.ts";
import type { Claim, PeerResults } from "./claims.ts";

const path = fileURLToPath(new URL("../../../docs/peers.json", import.meta.url));

/** Writes docs/peers.json when a run of all peers has shown all of its claims. */
export class ClaimsReporter implements Reporter {
  async onTestRunEnd(
    modules: readonly TestModule[],
    errors: readonly unknown[],
    reason: string,
  ): Promise<void> {
    if (reason !== "passed" || errors.length > 0) return;
    const claims = modules.flatMap((module) => [...module.children.allTests()].map(claimOf)).sort(byName);
    const results: PeerResults = { versions: await installedVersions(), claims };
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
  const [peer = test.module.relativeModuleId, ...topic] = blocks;
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
