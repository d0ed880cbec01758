import { expect, test } from "vitest";
import { finishSync } from "../../functions/sync/finishSync.ts";
import { BUCKET } from "../workflow/harness.ts";
import { plainItem, startSyncWorkflow } from "./harness.ts";

const REPORTS = /\.library-export\/reports\//;
const PAGES = /\.library-export\/syncs\//;

test("a sync whose report cannot be written fails by that, and has mirrored all the same", async () => {
  await using workflow = await startSyncWorkflow([plainItem("one")]);
  workflow.s3.faults.push({ operation: "PutObject", key: REPORTS, status: 403 });
  const { report } = await workflow.sync();
  expect(report).toMatchObject({
    status: "FAILED",
    counts: { EXPORTED: 1 },
    report: null,
    index: { key: "Golden/lib.json" },
    error: { name: "DestinationDenied" },
  });
});

test("a sync whose index cannot be written fails by that, and its report says so", async () => {
  await using workflow = await startSyncWorkflow([plainItem("one")]);
  workflow.s3.faults.push({ operation: "PutObject", key: "Golden/items.json", status: 403 });
  const { report, items } = await workflow.sync();
  const error = { name: "DestinationDenied", message: expect.stringContaining("items.json") };
  expect(report).toMatchObject({ status: "FAILED", index: null, error });
  expect(items.one).toMatchObject({ status: "EXPORTED" });
});

test("what failed first is told, when neither index nor report can be written", async () => {
  await using workflow = await startSyncWorkflow([plainItem("one")]);
  workflow.s3.faults.push(
    { operation: "PutObject", key: "Golden/items.json", status: 403 },
    { operation: "PutObject", key: REPORTS, status: 403 },
  );
  const { report } = await workflow.sync();
  expect(report).toMatchObject({ status: "FAILED", index: null, report: null });
  expect(report.error?.message).toContain("items.json");
});

test("pages that cannot be removed fail no sync", async () => {
  await using workflow = await startSyncWorkflow([plainItem("one")]);
  workflow.s3.faults.push({ operation: "DeleteObject", key: PAGES, status: 403, times: 100 });
  const { report } = await workflow.sync();
  expect(report).toMatchObject({ status: "SYNCHRONIZED", error: null });
  const left = workflow.s3.objects(BUCKET).filter((key) => PAGES.test(key));
  expect(left).not.toEqual([]);
});

test.each([
  ["names a library by its id", { vcenter: "lab", libraryId: "an-id" }, "an-id"],
  ["is no object", "nightly", ""],
  ["has a number for an id", { libraryId: 5 }, ""],
])("without a list and without an error, an input that %s is reported as far as it goes", async (_what, input, id) => {
  await using workflow = await startSyncWorkflow([]);
  const nothing = { sync: null, page: null, results: [], recorded: null, failure: null };
  const report = await finishSync({ run: "a-run", input, ...nothing }, workflow.services);
  expect(report).toMatchObject({ status: "FAILED", libraryId: id, error: { name: "InternalError" } });
});
