import type { SeenFamily } from "../../test/faults/meetAll.ts";
import type { Outcome } from "../../test/faults/run.ts";

/** What was seen under each fault: one table for each family. */
export function faultsPage(seen: SeenFamily[]): string {
  return `# What happens when something goes wrong

Written by \`npm run docs\` from what \`npm run test:faults -- --update\` has seen, which makes each of these faults happen
to one file of three, while the real state machine runs with the real functions against a vCenter and an S3 over
sockets. Without \`--update\`, the run fails when it sees anything else than this page says. In every row, what stands
under a final key are the file's own bytes with their checksum, and at most one log-in was refused. The errors are
explained in [errors.md](errors.md).

${seen.map(section).join("\n")}`;
}

function section({ title, about, outcomes }: SeenFamily): string {
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
