import { PutObjectCommand } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { InternalError } from "../../functions/errors.ts";
import { openSyncRecords, required } from "../../functions/sync/records.ts";
import { BUCKET, startWorkflow } from "../workflow/harness.ts";

test.each([
  ["is not JSON", "{"],
  ["has another shape", '[{"index":"first"}]'],
])("a page of a sync that %s is an error with its key", async (_how, text) => {
  await using workflow = await startWorkflow();
  const key = ".library-export/syncs/a-run/0/plan.json";
  await workflow.s3Client.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: text }));
  const sync = { bucket: BUCKET, prefix: "", run: "a-run" };
  const reading = openSyncRecords(sync, workflow.services).plan.read(0);
  await expect(reading).rejects.toThrow(InternalError);
  await expect(reading).rejects.toThrow(key);
});

test("a page that a later state misses is named", () => {
  expect(() => required(undefined, "plan of page 3")).toThrow("The plan of page 3 of the sync is not in");
  expect(required(0, "number")).toBe(0);
});
