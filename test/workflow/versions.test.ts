import { ListObjectVersionsCommand } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { BUCKET, expectNothingLeft, startWorkflow } from "./harness.ts";

test("leaves no version of a staging object in a bucket with versions, and tells those of the files", async () => {
  await using workflow = await startWorkflow({ s3: { versioned: true } });
  const { report } = await workflow.run();

  const { Versions = [] } = await workflow.s3Client.send(new ListObjectVersionsCommand({ Bucket: BUCKET }));
  expect(Versions.filter(({ Key }) => Key?.includes("/staging/"))).toEqual([]);
  for (const { key, versionId } of report.files) {
    expect(Versions.find(({ Key }) => Key === key)?.VersionId).toBe(versionId);
  }
  expectNothingLeft(workflow);
});
