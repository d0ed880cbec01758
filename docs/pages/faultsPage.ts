import type { Outcome } from "../../test/faults/run.ts";
import type { Family } from "../../test/faults/scenario.ts";

/** What was seen under each fault: one table for each family. */
export function faultsPage(seen: { family: Family; outcomes: Outcome[] }[]): string {
  return `# What happens when something goes wrong

Written by \`npm run test:faults -- --update\`, which makes each of these faults happen to one file of three, while the real
state machine runs with the real functions against a vCenter and an S3 over sockets. The test fails when it sees
anything else than this page says. In every row, what stands under a final key are the file's own bytes with their
checksum, and at most one log-in was refused. The errors are explained in [errors.md](errors.md).

${seen.map(({ family, outcomes }) => section(family, outcomes)).join("\n")}`;
}

function section({ title, about }: Family, outcomes: Outcome[]): string {
  return `## ${title}

${about}

| | fault | the file | the others | left behind |
| --- | --- | --- | --- | --- |
${outcomes.map((outcome, index) => row(outcome, outcomes[index - 1])).join("\n")}
`;
}

function row({ name, outcome, siblings, left }: Outcome, above: Outcome | undefined): string {
  const [met = "", ...fault] = name.split(": ");
  const cells = [
    above?.name.startsWith(`${met}: `) ? "" : met,
    fault.join(": "),
    end(outcome),
    others(siblings),
    left.length === 0 ? "nothing" : left.join(", "),
  ];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

function others(siblings: string[]): string {
  if (siblings.length === 0) return "none begun";
  return [...new Set(siblings)].map(end).join(", ");
}

function end(outcome: string): string {
  return outcome === "EXPORTED" ? "exported" : `\`${outcome}\``;
}
