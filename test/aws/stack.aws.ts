import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { HeadObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { afterAll, describe, expect, test } from "vitest";
import { requireSettings } from "./settings.ts";

const { region, stack } = requireSettings();
if (stack === undefined) throw new TypeError("this file is for runs with a deployed stack");
const { stateMachineArn, profile, itemId } = stack;

describe("a deployed stack and its vCenter", () => {
  const stepFunctions = new SFNClient({ region });
  const s3 = new S3Client({ region });
  afterAll(() => {
    stepFunctions.destroy();
    s3.destroy();
  });

  async function run(input: object) {
    const start = new StartExecutionCommand({
      stateMachineArn,
      name: `test-aws-${randomUUID()}`,
      input: JSON.stringify(input),
    });
    const { executionArn } = await stepFunctions.send(start);
    for (;;) {
      const execution = await stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
      if (execution.status !== "RUNNING") return execution;
      await sleep(5000);
    }
  }

  test("two lines of input export an item, with the checksum of each file as its metadata", async () => {
    const { status, output = "{}", cause } = await run({ vcenter: profile, libraryItemId: itemId });
    expect({ status, cause }).toEqual({ status: "SUCCEEDED", cause: undefined });
    const report = JSON.parse(output);
    expect(report.files.length).toBeGreaterThan(0);
    for (const { bucket, key, size, checksum } of report.files) {
      const head = await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
      expect(head.ContentLength).toBe(size);
      expect(head.Metadata).toMatchObject({
        checksum: checksum.value,
        "checksum-algorithm": checksum.algorithm,
        "library-item-id": itemId,
        vcenter: profile,
      });
    }
  });

  test("an item that is not there fails by its name", async () => {
    const { status, error } = await run({ vcenter: profile, libraryItemId: randomUUID() });
    expect({ status, error }).toEqual({ status: "FAILED", error: "ItemNotFound" });
  });
});
