import { PutObjectCommand } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import type { Manifest } from "../../functions/catalog/manifest.ts";
import { BUCKET } from "../workflow/harness.ts";
import { LIBRARY, plainItem, type SyncWorkflow, startSyncWorkflow } from "./harness.ts";

/** Puts a manifest of an item that vCenter does not have into the mirror's folder. */
async function putManifest(workflow: SyncWorkflow, changes: Partial<Manifest> | string): Promise<void> {
  const manifest: Partial<Manifest> = {
    format: "library-export/1",
    vcenter: "lab",
    libraryItemId: "gone",
    library: { id: workflow.vcenter.libraryId(LIBRARY), name: LIBRARY },
    item: { name: "neighbour", type: "other" },
    contentVersion: "1",
    updatedAt: "2026-01-01T00:00:00.000Z",
    files: [],
    ...(typeof changes === "object" && changes),
  };
  const Body = typeof changes === "string" ? changes : JSON.stringify(manifest);
  const Key = `${LIBRARY}/neighbour/.export.json`;
  await workflow.s3Client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body }));
}

test.each([
  ["of another vCenter", { vcenter: "other" }],
  ["of another library of that name", { library: { id: "other", name: LIBRARY } }],
  ["whose manifest cannot be read", "not JSON"],
])("an item %s is no item of the sync, and is not deleted", async (_which, changes) => {
  await using workflow = await startSyncWorkflow([plainItem("one")]);
  await putManifest(workflow, changes);
  const { report, items } = await workflow.sync({ onDelete: "delete" });
  expect(report).toMatchObject({ status: "SYNCHRONIZED", counts: { EXPORTED: 1, DELETED: 0 } });
  expect(Object.keys(items)).toEqual(["one"]);
  expect(workflow.keys()).toContain("Golden/neighbour/.export.json");
});

test("the same of this library is an item that vCenter has no more", async () => {
  await using workflow = await startSyncWorkflow([plainItem("one")]);
  await putManifest(workflow, {});
  const { items } = await workflow.sync({ onDelete: "delete" });
  expect(items.neighbour).toMatchObject({ action: "GONE", status: "DELETED" });
  expect(workflow.keys()).not.toContain("Golden/neighbour/.export.json");
});
