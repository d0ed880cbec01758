import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { readFailure } from "../../functions/sync/explainFailure.ts";
import { PAGE_SIZE } from "../../functions/sync/records.ts";

/** As Step Functions describes an execution that has ended. */
function described(fields: Record<string, unknown>): string {
  return JSON.stringify({
    ExecutionArn: "arn:aws:states:eu-central-1:111122223333:execution:export-item:one",
    Input: JSON.stringify({ vcenter: "lab", libraryItemId: "item-1" }),
    Status: "FAILED",
    ...fields,
  });
}

const failed = (Cause: string) => readFailure({ Error: "States.TaskFailed", Cause });

test("a nested export's own error and reason are told, not that a task failed", () => {
  const cause = described({ Error: "ChecksumMismatch", Cause: "1 of 2 files failed" });
  expect(failed(cause)).toEqual({ name: "ChecksumMismatch", message: "1 of 2 files failed" });
});

test("an export that was aborted or timed out has no error, and is told by its status", () => {
  expect(failed(described({ Status: "ABORTED" }))).toMatchObject({ name: "States.ABORTED" });
  expect(failed(described({ Status: "TIMED_OUT" })).message).toContain("TIMED_OUT");
});

test("a description that was cut off still tells the error's name", () => {
  const cause = described({ Error: "PermissionDenied", Cause: "x".repeat(40_000) }).slice(0, 32_768);
  expect(failed(cause)).toMatchObject({ name: "PermissionDenied" });
});

test("the error of a function is told with its own message", () => {
  const Cause = JSON.stringify({ errorMessage: "it is refused", errorType: "LoginRefused", trace: [] });
  expect(readFailure({ Error: "LoginRefused", Cause })).toEqual({
    name: "LoginRefused",
    message: "it is refused",
  });
  expect(readFailure({ Error: "States.Timeout", Cause: "" })).toEqual({
    name: "States.Timeout",
    message: "",
  });
});

test("a page of items with long names that all fail for long reasons fits a state of 256 KiB", () => {
  const results = Array.from({ length: PAGE_SIZE }, (_, index) => ({
    index,
    status: "FAILED",
    error: failed(described({ Error: "DestinationUnavailable", Cause: "\u{1F4BE}".repeat(5000) })),
  }));
  // Names of vCenter's are bounded by 255 characters where they are at all.
  const exports = results.map(({ index }) => ({ index, libraryItemId: randomUUID(), name: "ü".repeat(255) }));
  expect(Buffer.byteLength(JSON.stringify({ page: { exports }, results }))).toBeLessThan(240 * 1024);
});
