import { spawn } from "node:child_process";
import { once } from "node:events";
import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { installStryker } from "./install.ts";
import { nearestTests } from "./nearestTests.ts";
import { sample } from "./sample.ts";
import { type MutationReport, survivors } from "./survivors.ts";

/**
 * `npm run mutation`: changes the code that moves bytes and that reads vCenter's answers, a place at a time and in a copy
 * of the project, and tells which changes no test notices. `npm run mutation -- functions/transfer/verify.ts` changes
 * these files only; `--share 1` all of their lines, in place of a sample that `--seed` chooses.
 *
 * Of chosen files, the tests nearest to them are asked, `--tests test/transfer/verify.test.ts` these, and `--tests all`
 * all of both folders. A mutant that is noticed takes a second or two; one that is not takes as long as its tests, so
 * ask the nearest first, and then all, which asks only about what was not noticed.
 *
 * It stops after `--minutes`. What it has found until then is kept in coverage/mutation.json: the next run asks
 * only where code or tests have changed since, and goes on with the rest. What is told in the end is of all runs.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    share: { type: "string", default: "0.1" },
    seed: { type: "string", default: "1" },
    minutes: { type: "string", default: "30" },
    tests: { type: "string" },
  },
});

process.chdir(fileURLToPath(new URL("../..", import.meta.url)));
const files =
  positionals.length > 0 ? positionals : globSync("functions/{transfer,vsphere}/**/*.ts").toSorted();
const pieces = sample(files, Number(values.share), Number(values.seed));
console.log(`${pieces.length} pieces of code, seed ${values.seed}`);

const stryker = await installStryker();
const options = ["run", "test/mutation/stryker.json", "--mutate", pieces.join(",")];
const tests = values.tests === undefined ? nearestTests(files)?.join(",") : values.tests;
if (tests !== undefined && tests !== "all") options.push("--testFiles", tests);
const child = spawn(process.execPath, [stryker, ...options], { stdio: "inherit" });
let interrupted = false;
const end = setTimeout(() => {
  interrupted = true;
  // Stryker keeps what it knows then.
  child.kill("SIGINT");
}, Number(values.minutes) * 60_000);
const [code] = await once(child, "exit");
clearTimeout(end);
if (code === 0 || interrupted) {
  const report = readFileSync("coverage/mutation.json", "utf8");
  console.log(survivors(JSON.parse(report) as MutationReport)); // as Stryker writes it
} else {
  process.exitCode = code ?? 1;
}
