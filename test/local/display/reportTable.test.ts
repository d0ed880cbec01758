import { expect, test } from "vitest";
import type { FileResult } from "../../../functions/workflow.ts";
import { filesTable } from "../../../local/display/reportTable.ts";

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
  { terminal: "that is wide", isTTY: true, columns: 180, holds: [SHA256, KEY] },
  { terminal: "of 120 columns", isTTY: true, columns: 120, holds: [`${SHA256.slice(0, 12)}...`, KEY] },
  { terminal: "of eighty columns", isTTY: true, columns: 80, holds: [`${SHA256.slice(0, 12)}...`] },
])("on a terminal $terminal the table of files has what fits beside each other", ({
  isTTY,
  columns,
  holds,
}) => {
  const lines = filesTable([file], { isTTY, columns }).trimEnd().split("\n");
  expect(lines).toHaveLength(2);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
  for (const text of ["disk-0.vmdk", "exported", ...holds]) expect(lines[1]).toContain(text);
});

test("where there is no terminal the table has everything", () => {
  const text = filesTable([file], { isTTY: false, columns: 0 });
  expect(text).toContain(SHA256);
  expect(text).toContain(KEY);
});
