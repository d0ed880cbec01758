import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Reporter, TestCase, TestModule, Vitest } from "vitest/node";
import type { Claim, PeerResults } from "./claims.ts";

const PAGE = fileURLToPath(new URL("../../../docs/peers.json", import.meta.url));

/** Writes docs/peers.json when a run has shown every claim of every peer, and not when it was asked for some alone. */
export class ClaimsReporter implements Reporter {
  readonly #path: string;
  #vitest: Vitest | undefined;

  constructor(path = PAGE) {
    this.#path = path;
  }

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  async onTestRunEnd(
    modules: readonly TestModule[],
    errors: readonly unknown[],
    reason: string,
  ): Promise<void> {
    if (reason !== "passed" || errors.length > 0) return;
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    // A test that -t leaves out counts as skipped; a file that was not asked for has no module at all.
    if (tests.some((test) => test.result().state !== "passed")) return;
    const files = (await this.#vitest?.globTestSpecifications()) ?? [];
    if (modules.length < files.length) return;
    const claims = tests.map(claimOf).sort(byName);
    const versions = this.#vitest?.getRootProject().getProvidedContext().peerVersions ?? [];
    const results: PeerResults = { versions, claims };
    const fresh = `${JSON.stringify(results, undefined, 2)}\n`;
    const committed = await readFile(this.#path, "utf8").catch(() => "");
    if (fresh === committed) return;
    await writeFile(this.#path, fresh);
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
