import { describe, expect, test } from "vitest";
import { toFileError } from "../../functions/export/failure.ts";
import { combineErrors, overallStatus, settleFiles } from "../../functions/export/report.ts";
import type { FilePlan, FileResult, ItemPlan } from "../../functions/workflow.ts";

const item: ItemPlan = {
  vcenter: "lab",
  run: "run-1",
  libraryId: "l",
  libraryName: "Golden images",
  libraryItemId: "i",
  itemName: "ubuntu",
  itemType: "ovf",
  contentVersion: "1",
  bucket: "b",
  prefix: "",
  manifestKey: "Golden images/ubuntu/.export.json",
  overwrite: "if-changed",
  requireChecksum: false,
  readers: 1,
  containerRoute: false,
  dryRun: false,
};

function plan(index: number, change: Partial<FilePlan> = {}): FilePlan {
  return {
    index,
    name: `disk-${index}.vmdk`,
    key: `k${index}`,
    action: "EXPORT",
    error: null,
    sizeHint: 5,
    fileVersion: "1",
    checksum: null,
    replacesETag: null,
    unchanged: null,
    ...change,
  };
}

function result(index: number, error: FileResult["error"] = null): FileResult {
  return {
    index,
    name: `disk-${index}.vmdk`,
    status: error === null ? "EXPORTED" : "FAILED",
    bucket: "b",
    key: `k${index}`,
    versionId: null,
    size: 5,
    checksum: null,
    bytesPerSecond: 1,
    error,
  };
}

describe("an error, wherever it was caught", () => {
  test("has the message of Lambda's Cause, which is JSON, without its trace", () => {
    const cause = JSON.stringify({ errorType: "NotFound", errorMessage: "no such file", trace: ["at x"] });
    expect(toFileError({ Error: "NotFound", Cause: cause })).toEqual({
      name: "NotFound",
      message: "no such file",
    });
  });

  test.each(["plain words", '{"not": "Lambda\'s"}', "[1]", "17", ""])("has %j as it is", (cause) => {
    expect(toFileError({ Error: "E", Cause: cause }).message).toBe(cause);
  });

  test("is cut so that the results of all files fit one payload, never through a character", () => {
    const { message } = toFileError({ Error: "E", Cause: "💾".repeat(1000) });
    expect([...message]).toHaveLength(400);
    expect(message.endsWith("💾…")).toBe(true);
  });
});

describe("the results of the files", () => {
  test("are one for each file, in the plan's order, whatever order they came in", () => {
    const files = settleFiles({ item, files: [plan(0), plan(1)] }, [result(1), result(0)], null);
    expect(files.map(({ index, status }) => [index, status])).toEqual([
      [0, "EXPORTED"],
      [1, "EXPORTED"],
    ]);
  });

  test("say so of a file whose part of the execution came to no result", () => {
    const [, missing] = settleFiles({ item, files: [plan(0), plan(1)] }, [result(0)], null);
    expect(missing).toMatchObject({
      name: "disk-1.vmdk",
      key: "k1",
      status: "FAILED",
      error: { name: "InternalError" },
    });
  });

  test("have the reason for which all files' parts failed together", () => {
    const failure = { Error: "States.ExceedToleratedFailureThreshold", Cause: "too many" };
    const [file] = settleFiles({ item, files: [plan(0)] }, [], failure);
    expect(file?.error).toEqual({ name: failure.Error, message: "too many" });
  });

  test("are the plan under a dry run, with what vCenter knows", () => {
    const checksum = { algorithm: "SHA1", value: "ab" };
    const refused = { name: "ObjectExists", message: "exists" };
    const files = settleFiles(
      {
        item: { ...item, dryRun: true },
        files: [
          plan(0, { checksum }),
          plan(1, { action: "REFUSE", error: refused }),
          plan(2, { action: "UNCHANGED", unchanged: { ...result(2), status: "UNCHANGED" } }),
        ],
      },
      [],
      null,
    );
    expect(files.map(({ status }) => status)).toEqual(["PLANNED", "FAILED", "UNCHANGED"]);
    expect(files[0]).toMatchObject({ size: 5, checksum: { ...checksum, source: "item" } });
    expect(files[1]?.error).toEqual(refused);
  });
});

describe("the report's error", () => {
  const mismatch = { name: "ChecksumMismatch", message: "differs" };

  test("is none when every file is well", () => {
    expect(combineErrors([result(0), result(1)])).toBeNull();
  });

  test("has the name that all failed files share, and names each", () => {
    expect(combineErrors([result(0, mismatch), result(1), result(2, mismatch)])).toEqual({
      name: "ChecksumMismatch",
      message: '2 of 3 files failed: "disk-0.vmdk": differs; "disk-2.vmdk": differs',
    });
  });

  test("is FilesFailed with each file's own when they differ", () => {
    const other = { name: "PreparationFailed", message: "no" };
    expect(combineErrors([result(0, mismatch), result(1, other)])).toEqual({
      name: "FilesFailed",
      message:
        '2 of 2 files failed: ChecksumMismatch: "disk-0.vmdk": differs; PreparationFailed: "disk-1.vmdk": no',
    });
  });

  test("decides the status, before what became of the files", () => {
    const unchanged: FileResult = { ...result(0), status: "UNCHANGED" };
    expect(overallStatus([unchanged], null)).toBe("UNCHANGED");
    expect(overallStatus([unchanged, result(1)], null)).toBe("EXPORTED");
    expect(overallStatus([unchanged], mismatch)).toBe("FAILED");
  });
});
