import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { startUncontrolled } from "../cleanup/uncontrolledExport.ts";
import { expectNothingLeft, startWorkflow } from "./harness.ts";

test("an event that comes a second time moves nothing", async () => {
  await using workflow = await startWorkflow();
  await workflow.run();
  const transfers = workflow.vcenter.transfers.length;
  const { report } = await workflow.run();
  expect(report).toMatchObject({ status: "UNCHANGED", counts: { exported: 0, unchanged: 2, failed: 0 } });
  expect(workflow.vcenter.transfers).toHaveLength(transfers);
});

test("an event that comes twice at once exports each file once, whole, and leaves nothing else", async () => {
  await using workflow = await startWorkflow({ behaviour: { bytesPerSecond: 20_000_000 } });
  const reports = await Promise.all([workflow.run(), workflow.run()]).then((runs) =>
    runs.map(({ report }) => report),
  );

  for (const index of [0, 1]) {
    const results = reports.map(({ files }) => files[index]);
    expect(results.filter((result) => result?.status === "EXPORTED")).toHaveLength(1);
    const others = results.filter((result) => result?.status !== "EXPORTED");
    expect(["DestinationChanged", undefined]).toContain(others[0]?.error?.name);
    const { body, metadata } = await workflow.object(results[0]?.key ?? "");
    expect(metadata.checksum).toBe(createHash("sha256").update(body).digest("hex"));
  }
  expectNothingLeft(workflow);
});

test.each<[string, unknown, RegExp]>([
  ["no field that is known", { libary: "Golden images" }, /libary/],
  ["a host in place of a profile", { vcenter: "https://vcenter.example.com", libraryItemId: "x" }, /vcenter/],
  ["nothing", {}, /vcenter/],
])("an event whose detail has %s ends in a failed execution with a named error", async (_what, detail, field) => {
  await using workflow = await startWorkflow();
  const running = startUncontrolled(workflow, () => {}, detail);
  await running.ended;
  expect(running.sent).toMatchObject([
    {
      Entries: [
        {
          DetailType: "Export Failed",
          Detail: { error: { name: "InvalidInput", message: expect.stringMatching(field) } },
        },
      ],
    },
  ]);
  expect(workflow.vcenter.requests).toEqual([]);
});
