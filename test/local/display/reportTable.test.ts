import { PassThrough } from "node:stream";
import { stripVTControlCharacters, styleText } from "node:util";
import { expect, onTestFinished, test, vi } from "vitest";
import type { FileResult } from "../../../functions/workflow.ts";
import { filesTable } from "../../../local/display/reportTable.ts";

/** A terminal of so many columns. */
function terminal(columns: number) {
  return Object.assign(new PassThrough(), { isTTY: true, columns });
}

const KEY = "vsphere/Golden Images/ubuntu/disk-0.vmdk";
const SHA256 = "5f".repeat(32);

const file: FileResult = {
  index: 0,
  name: "disk-0.vmdk",
  status: "EXPORTED",
  bucket: "my-archive",
  key: KEY,
  versionId: null,
  size: 1024,
  checksum: { algorithm: "SHA256", value: SHA256, source: "session" },
  bytesPerSecond: 1024,
  error: null,
};

test.each([
  { terminal: "that is wide", columns: 180, holds: [SHA256, KEY] },
  { terminal: "of 120 columns", columns: 120, holds: [`${SHA256.slice(0, 12)}...`, KEY] },
  { terminal: "of eighty columns", columns: 80, holds: [`${SHA256.slice(0, 12)}...`] },
])("on a terminal $terminal the table of files has what fits beside each other", ({ columns, holds }) => {
  const lines = stripVTControlCharacters(filesTable([file], terminal(columns)))
    .trimEnd()
    .split("\n");
  expect(lines).toHaveLength(2);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
  for (const text of ["disk-0.vmdk", "exported", ...holds]) expect(lines[1]).toContain(text);
});

test("where there is no terminal the table has everything", () => {
  const text = filesTable([file], new PassThrough());
  expect(text).toContain(SHA256);
  expect(text).toContain(KEY);
});

test.each([
  ["EXPORTED", "exported", "green"],
  ["UNCHANGED", "unchanged", "green"],
  ["FAILED", "failed", "red"],
] as const)("on a terminal %s has its colour, and takes no room for it", (status, word, colour) => {
  const ended = { ...file, status };
  // What is said of colours where the tests run is for the tests' own output.
  for (const name of ["NO_COLOR", "NODE_DISABLE_COLORS", "FORCE_COLOR"]) vi.stubEnv(name, undefined);
  onTestFinished(() => void vi.unstubAllEnvs());
  const plain = filesTable([ended], new PassThrough());
  const [, line = ""] = filesTable([ended], terminal(180)).split("\n");
  expect(line).toContain(styleText(colour, word, { validateStream: false }));
  expect(plain.split("\n")[1]).toBe(stripVTControlCharacters(line));
});
