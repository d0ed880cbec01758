import { expect, test } from "vitest";
import { expectNothingLeft, startWorkflow } from "./harness.ts";

test("stops in the middle of a transfer, and leaves nothing", async () => {
  await using workflow = await startWorkflow({ behaviour: { bytesPerSecond: 4_000_000 } });
  const execution = workflow.start({ maxConcurrency: 1 });
  await expect.poll(() => workflow.s3.openUploads().length, { interval: 5, timeout: 10_000 }).toBe(1);
  await execution.stop();
  const { report } = await execution.finished;

  expect(report).toMatchObject({ status: "FAILED", error: { name: "Stopped" }, item: "ubuntu" });
  expect(report.files.map(({ error }) => error?.name)).toEqual(["Stopped", "Stopped"]);
  expect(workflow.keys()).toEqual([]);
  expectNothingLeft(workflow);
});

test("stops while vCenter prepares, and deletes the download session", async () => {
  await using workflow = await startWorkflow({
    behaviour: { prepare: [{ status: "PREPARING", polls: 1_000_000 }] },
  });
  const execution = workflow.start();
  await expect.poll(() => workflow.vcenter.openDownloadSessions().length, { interval: 2 }).toBeGreaterThan(0);
  await execution.stop();

  expect((await execution.finished).report.error?.name).toBe("Stopped");
  expectNothingLeft(workflow);
});

test("keeps in the manifest what was exported before the stop", async () => {
  await using workflow = await startWorkflow({ behaviour: { bytesPerSecond: 10_000_000 } });
  let exported = 0;
  const execution = workflow.start({ maxConcurrency: 1 }, ({ type, state }) => {
    if (type === "StateEntered" && state === "FileExported") exported += 1;
  });
  await expect.poll(() => exported, { interval: 2, timeout: 10_000 }).toBe(1);
  await execution.stop();
  const { report } = await execution.finished;

  expect(report.files[0]?.status).toBe("EXPORTED");
  workflow.vcenter.behaviour.bytesPerSecond = 0;
  const again = await workflow.run();
  expect(again.report.files[0]?.status).toBe("UNCHANGED");
  expectNothingLeft(workflow);
});

test("stops when the caller's signal is aborted, before anything began as well", async () => {
  await using workflow = await startWorkflow();
  const controller = new AbortController();
  controller.abort();
  workflow.services.signal = controller.signal;
  const { report } = await workflow.run();

  expect(report).toMatchObject({ status: "FAILED", files: [], error: { name: "Stopped" } });
  expect(workflow.vcenter.requests).toEqual([]);
  expectNothingLeft(workflow);
});

test("may be stopped after its end, which changes nothing", async () => {
  await using workflow = await startWorkflow();
  const execution = workflow.start();
  expect((await execution.finished).report.status).toBe("EXPORTED");
  await execution.stop();
  expect((await execution.result).status).toBe("EXPORTED");
  expectNothingLeft(workflow);
});
