import { beforeEach, expect, test } from "vitest";
import type { CatalogBucket } from "../../functions/catalog/bucket.ts";
import { putText } from "../../functions/catalog/objects.ts";
import { openRunRecords, type RunRecord } from "../../functions/catalog/runRecords.ts";
import { openSimulator } from "../s3/simulator.ts";

const RUN = "run-1";

let catalog: CatalogBucket;
beforeEach(async () => {
  const { client } = await openSimulator();
  catalog = { s3: client, bucket: "bucket" };
});

function recordOf(index: number): RunRecord {
  return {
    run: RUN,
    index,
    vcenter: "lab",
    libraryItemId: "item-1",
    fileName: `disk-${index}.vmdk`,
    bucket: "bucket",
    key: `disk-${index}.vmdk`,
    state: "PREPARING",
    error: null,
    bytes: 0,
    bytesPerSecond: null,
    totalBytes: null,
    openingSession: null,
    downloadSessionIds: [],
    uploads: [],
    staging: null,
    startedAt: "2026-06-01T00:00:00.000Z",
    updatedAt: "2026-06-01T00:00:00.000Z",
  };
}

/** The records of files 0, 2 and 10, and of 1 whatever `text` is. */
async function withRecord1(text: string) {
  const records = openRunRecords(catalog, "", RUN);
  for (const index of [10, 0, 2]) await records.write(recordOf(index));
  await putText(catalog, `.library-export/runs/${RUN}/1.json`, text, "*");
  await records.markStopped();
  return records;
}

test("records come in the order of their files", async () => {
  const records = await withRecord1(JSON.stringify(recordOf(1)));
  expect(await records.indexes()).toEqual([0, 1, 2, 10]);
  expect(await records.list()).toEqual([0, 1, 2, 10].map(recordOf));
});

test.each([
  ["is cut short", "{", /1\.json is not JSON/],
  ["is of another kind", '{"run":"run-1"}', /1\.json: /],
  ["is of another run", JSON.stringify({ ...recordOf(1), run: "run-2" }), /file 1 of the run "run-2"/],
  ["is of another file", JSON.stringify(recordOf(0)), /file 0 of the run "run-1"/],
])("a record that %s is an error, and hides no other", async (_what, text, message) => {
  const records = await withRecord1(text);
  await expect(records.read(1)).rejects.toMatchObject({
    name: "InternalError",
    message: expect.stringMatching(message),
  });
  expect(await records.list()).toEqual([0, 2, 10].map(recordOf));
});
