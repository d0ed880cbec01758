import fc from "fast-check";
import { expect } from "vitest";
import { runs, seed } from "./settings.ts";

fc.configureGlobal({ seed, numRuns: runs, includeErrorInReport: true });

fc.installGlobalPlugin(() => ({
  onAllRunsComplete(details) {
    if (!details.failed) return;
    const { currentTestName = "" } = expect.getState();
    const pattern = currentTestName
      .split(" > ")
      .at(-1)
      ?.replace(/[\\^$.*+?()[\]{}|"`]/g, ".");
    throw new Error(
      `${fc.defaultReportMessage(details)}\n\nTo run it again: ` +
        `npm run fuzz -- --seed ${details.seed} --runs ${runs} -t "${pattern}"`,
    );
  },
}));
