import { paint, printableLines } from "../../local/display/text.ts";
import type { Streams } from "../streams.ts";
import { version } from "../version.ts";
import type { Finding } from "./finding.ts";

const COLOURS = { ok: "green", warn: "yellow", fail: "red", skipped: "dim" } as const;

/** `ok    certificate: accepted by ...`; further lines are indented. */
export function printFinding({ check, status, text }: Finding, { stdout }: Streams): void {
  const mark = paint(COLOURS[status], status.padEnd(7), stdout);
  stdout.write(`${mark} ${check}: ${printableLines(text).replaceAll("\n", "\n        ")}\n`);
}

/** For a bug report: what the findings say to people stays out, because it names hosts, files and users. */
export function printFindings(findings: Finding[], { stdout }: Streams): void {
  const redacted = findings.map(({ check, status, facts }) => ({ check, status, ...facts }));
  const { platform, versions } = process;
  const report = { libraryExport: version, node: versions.node, platform, findings: redacted };
  stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
}
