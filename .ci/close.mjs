import { readFileSync } from "node:fs";

/** Tells which tests failed in vitest's JSON reports, and closes with the line that counts them all. */
const reports = process.argv.slice(2).map((path) => JSON.parse(readFileSync(path, "utf8")));
for (const { testResults } of reports) {
  for (const { name, message, assertionResults } of testResults) {
    if (message) console.log(`FAILED ${name}\n${message}`);
    for (const { status, fullName, failureMessages } of assertionResults) {
      if (status === "failed") console.log(`FAILED ${name}: ${fullName}\n${failureMessages.join("\n")}`);
    }
  }
}
const sum = (count) => reports.reduce((total, report) => total + count(report), 0);
// A suite that could not even start has no failed test.
const failed = ({ numFailedTests, numFailedTestSuites }) => numFailedTests || numFailedTestSuites;
console.log(`${sum(({ numPassedTests }) => numPassedTests)} passed, ${sum(failed)} failed`);
