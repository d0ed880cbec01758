import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { expectNothingLeft, startWorkflow, ubuntu } from "./harness.ts";

const MiB = 1024 * 1024;

test.each([
  [false],
  [true],
])("moves a file in several invocations, each going on where the last one ran out of time (sessionsDieWithLogin: %s)", async (sessionsDieWithLogin) => {
  const files = [{ name: "disk-0.vmdk", content: { size: 13 * MiB, seed: "disk" } }];
  await using workflow = await startWorkflow({
    libraries: [{ ...ubuntu, items: [{ name: "ubuntu", type: "ovf", files }] }],
    behaviour: { sessionsDieWithLogin },
  });
  // Just enough to begin: every invocation ends after one part, however busy the machine is.
  workflow.services.remainingMilliseconds = () => 15_000;
  const { report, statesOf } = await workflow.run();

  expect(report.error).toBeNull();
  const states = statesOf("disk-0.vmdk").slice(3);
  const invocations = states.filter((state) => state === "TransferFile").length;
  expect(invocations).toBeGreaterThanOrEqual(2);
  expect(states).toEqual([
    ...Array.from({ length: invocations }, () => ["TransferFile", "TransferDone"]).flat(),
    "CompleteFile",
    "FileExported",
  ]);
  const { body, metadata } = await workflow.object("Golden images/ubuntu/disk-0.vmdk");
  expect(metadata.checksum).toBe(createHash("sha256").update(body).digest("hex"));
  expect(workflow.vcenter.transfers.filter(({ start }) => start > 0).length).toBeGreaterThanOrEqual(1);
  expectNothingLeft(workflow);
});

test("moves a file that ranges are served for in as many invocations as it takes, however slow the line is", async () => {
  const files = [{ name: "disk-0.vmdk", content: { size: 21 * MiB, seed: "disk" } }];
  await using workflow = await startWorkflow({
    libraries: [{ ...ubuntu, items: [{ name: "ubuntu", type: "ovf", files }] }],
    // A part takes 25 seconds of the test's clock, the file 105: more than one invocation has.
    behaviour: { bytesPerSecond: 10 * MiB },
  });
  const { clock, services } = workflow;
  let end = Number.POSITIVE_INFINITY;
  services.remainingMilliseconds = () => end - clock.now();
  const { report, statesOf } = await workflow.start({}, ({ type, state }) => {
    if (type === "StateEntered" && state === "TransferFile") end = clock.now() + 90_000;
  }).finished;

  expect(report.error).toBeNull();
  expect(statesOf("disk-0.vmdk").filter((state) => state === "TransferFile").length).toBeGreaterThanOrEqual(
    3,
  );
  expectNothingLeft(workflow);
});
