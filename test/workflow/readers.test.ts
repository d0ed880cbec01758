import { expect, test } from "vitest";
import { expectNothingLeft, startWorkflow, ubuntu } from "./harness.ts";

const MiB = 1024 * 1024;
const files = ["disk-0.vmdk", "disk-1.vmdk"].map((name) => ({
  name,
  content: { size: 17 * MiB, seed: name },
}));
const libraries = [{ ...ubuntu, items: [{ name: "ubuntu", type: "ovf", files }] }];

test("receives several ranges of a file at once, and then no other file beside it", async () => {
  await using workflow = await startWorkflow({ libraries, profile: { readers: 3, maxTransfers: 4 } });
  const { report, events } = await workflow.run();

  expect(report).toMatchObject({ status: "EXPORTED", error: null });
  expect(workflow.vcenter.transfers).toHaveLength(2 * 4);
  const order = events
    .filter(
      ({ type, state }) => type === "StateEntered" && ["PrepareFile", "FileExported"].includes(state ?? ""),
    )
    .map(({ state }) => state);
  expect(order).toEqual(["PrepareFile", "FileExported", "PrepareFile", "FileExported"]);
  expectNothingLeft(workflow);
});

test("never has more readers than the vCenter's transfers", async () => {
  await using workflow = await startWorkflow({ libraries, profile: { readers: 16, maxTransfers: 1 } });
  const { report } = await workflow.run({ include: ["disk-0.vmdk"] });

  expect(report).toMatchObject({ status: "EXPORTED", error: null });
  expect(workflow.vcenter.transfers).toHaveLength(1);
  expectNothingLeft(workflow);
});
