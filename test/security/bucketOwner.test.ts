import { expect, test } from "vitest";
import { createS3Client } from "../../functions/transfer/s3/uploadClient.ts";
import { ovfItem, plainItem, startSyncWorkflow } from "../sync/harness.ts";
import { BUCKET, startWorkflow, type Workflow } from "../workflow/harness.ts";
import { watchedExport } from "./watchedExport.ts";

const OWNER = "123456789012";
const STAGING = "staging-area";

/** Gives the functions an S3 client of their own, and tells what it is asked for, and what of that names no owner. */
function watchOwners({ services, s3: { url, region, credentials } }: Workflow) {
  const client = createS3Client({ endpoint: url, region, credentials });
  services.s3 = client;
  const asked = new Set<string>();
  const withoutOwner = new Set<string>();
  client.middlewareStack.add(
    (next, { commandName = "" }) =>
      async (args) => {
        const input = args.input as Record<string, unknown>; // each command's has such fields or lacks them
        asked.add(commandName);
        const isCopy = "CopySource" in input;
        if (input.ExpectedBucketOwner !== OWNER) withoutOwner.add(commandName);
        if (isCopy && input.ExpectedSourceBucketOwner !== OWNER) withoutOwner.add(`source of ${commandName}`);
        return next(args);
      },
    { step: "initialize" },
  );
  return { asked, withoutOwner, [Symbol.dispose]: () => client.destroy() };
}

test("every request of an export says who has to own the bucket, whether it goes well or not", async () => {
  for (const wrongSessionChecksums of [[], ["disk-0.vmdk"]]) {
    await using workflow = await startWorkflow({
      s3: { buckets: [BUCKET, STAGING], owner: OWNER },
      settings: { stagingBucket: STAGING, expectedBucketOwner: OWNER },
      behaviour: { wrongSessionChecksums },
    });
    using watched = watchOwners(workflow);
    await watchedExport(workflow);
    expect(watched.asked.size).toBeGreaterThan(10);
    expect([...watched.withoutOwner]).toEqual([]);
  }
});

test("every request of a sync does", async () => {
  await using workflow = await startSyncWorkflow([ovfItem("vm"), plainItem("old"), plainItem("named")], {
    s3: { owner: OWNER },
    settings: { expectedBucketOwner: OWNER },
  });
  const { vcenter } = workflow;
  using watched = watchOwners(workflow);
  await workflow.sync();
  vcenter.removeItem(vcenter.itemId("old"));
  vcenter.renameItem(vcenter.itemId("named"), "renamed");
  for (const onDelete of ["mark", "delete"] as const) await workflow.sync({ onDelete });
  expect(watched.asked.size).toBeGreaterThan(5);
  expect([...watched.withoutOwner]).toEqual([]);
});
