import { expect, test } from "vitest";
import { cleanUpExecution } from "../../functions/cleanup/cleanUpExecution.ts";
import { VcenterUnavailable } from "../../functions/errors.ts";
import { exportEndedSchema } from "../../functions/export/exportEnded.ts";
import { expectNothingLeft, startWorkflow, ubuntu, type Workflow } from "../workflow/harness.ts";
import { startUncontrolled, type UncontrolledExport } from "./uncontrolledExport.ts";

const MiB = 1024 * 1024;

/** Calls CleanUp as the clean-up workflow does, for the first or the second time. */
function cleanUp({ services }: Workflow, { arn, executions }: UncontrolledExport, again: boolean) {
  return cleanUpExecution({ executionArn: arn, again }, { ...services, executions });
}

const STATES = [
  "ResolveItem",
  "ExportFiles",
  "PrepareFile",
  "WaitForPreparation",
  "PollFile",
  "TransferFile",
  "CompleteFile",
  "FinishItem",
];

test.each(STATES)("stopped when it enters %s, an export leaves nothing", async (stopAt) => {
  await using workflow = await startWorkflow({
    behaviour: { prepare: [{ status: "PREPARING", polls: 2 }, { status: "PREPARED" }] },
  });
  const running = startUncontrolled(workflow, ({ type, state }, { end }) => {
    if (type === "StateEntered" && state === stopAt) end("ABORTED");
  });
  await running.ended;

  await cleanUp(workflow, running, false);
  await running.functionsEnded();
  await cleanUp(workflow, running, true);
  expectNothingLeft(workflow);
});

test("an upload on its way is aborted at once, and its function opens no other", async () => {
  await using workflow = await startWorkflow({ behaviour: { bytesPerSecond: 4 * MiB } });
  const running = startUncontrolled(workflow);
  await expect.poll(() => workflow.s3.openUploads().length, { interval: 5, timeout: 10_000 }).toBe(1);
  running.end("ABORTED");

  await cleanUp(workflow, running, false);
  expect(workflow.s3.openUploads()).toEqual([]);
  expect(workflow.vcenter.openDownloadSessions()).toEqual([]);
  await running.functionsEnded();
  expect(workflow.s3.openUploads()).toEqual([]);
  expect(workflow.keys()).not.toContain("Golden images/ubuntu/disk-0.vmdk");
  await cleanUp(workflow, running, true);
  expectNothingLeft(workflow);
});

test("a function that has received all bytes when the stop comes publishes nothing", async () => {
  const file = { name: "notes.txt", content: { size: 200_000, seed: "notes" } };
  await using workflow = await startWorkflow({
    libraries: [{ ...ubuntu, items: [{ name: "ubuntu", type: "other", files: [file] }] }],
    behaviour: { bytesPerSecond: 150_000 },
  });
  const running = startUncontrolled(workflow);
  await expect.poll(() => workflow.vcenter.transfers.length, { interval: 5, timeout: 10_000 }).toBe(1);
  running.end("ABORTED");
  // vCenter is away for the clean-up, so that the download itself goes on.
  const { services } = workflow;
  const away = { ...services, profile: () => Promise.reject(new VcenterUnavailable("It is away")) };
  await cleanUp({ ...workflow, services: away }, running, false);
  await running.functionsEnded();

  expect(workflow.vcenter.transfers[0]).toMatchObject({ bytesSent: 200_000 });
  expect(workflow.keys()).toEqual([]);
  await cleanUp(workflow, running, true);
  expectNothingLeft(workflow);
});

test.each([
  ["ABORTED", "Stopped"],
  ["TIMED_OUT", "States.Timeout"],
] as const)("of an execution that was %s, the clean-up tells how it ended, once", async (state, name) => {
  await using workflow = await startWorkflow({ behaviour: { bytesPerSecond: 2 * MiB } });
  const running = startUncontrolled(workflow);
  await expect
    .poll(() => workflow.keys(), { interval: 5, timeout: 10_000 })
    .toEqual(["Golden images/ubuntu/ubuntu.ovf"]);
  await expect.poll(() => workflow.s3.openUploads().length, { interval: 5, timeout: 10_000 }).toBe(1);
  running.end(state);

  const { notice, cutOff } = await cleanUp(workflow, running, false);
  expect(cutOff).toBe(true);
  expect(notice?.detailType).toBe("Export Failed");
  const detail = exportEndedSchema.parse(notice?.detail);
  expect(detail).toMatchObject({
    execution: running.arn,
    vcenter: "lab",
    library: "Golden images",
    item: "ubuntu",
    contentVersion: expect.stringMatching(/./),
    status: "FAILED",
    manifest: null,
    error: { name },
  });
  expect(detail.counts.exported + detail.counts.failed).toBe(2);
  await running.functionsEnded();
  expect(await cleanUp(workflow, running, true)).toEqual({ cutOff: true, notice: null });
});

test("of an execution that came to its own end there is nothing to tell and nothing to remove", async () => {
  await using workflow = await startWorkflow();
  const running = startUncontrolled(workflow);
  await running.ended;
  expect(await cleanUp(workflow, running, false)).toEqual({ cutOff: false, notice: null });
  expect(workflow.keys()).toHaveLength(3);
  expectNothingLeft(workflow);
});

test("an execution that runs, as one that was redriven does, keeps what it has", async () => {
  await using workflow = await startWorkflow({
    behaviour: { prepare: [{ status: "PREPARING", polls: 1_000_000 }] },
  });
  const running = startUncontrolled(workflow);
  await expect
    .poll(() => workflow.vcenter.openDownloadSessions().length, { interval: 5, timeout: 10_000 })
    .toBe(2);
  expect(await cleanUp(workflow, running, true)).toEqual({ cutOff: false, notice: null });
  expect(workflow.vcenter.openDownloadSessions()).toHaveLength(2);
  running.end("ABORTED");
  await running.functionsEnded();
});

test("what cannot be removed fails the second time by its name, and is removed when it can be", async () => {
  await using workflow = await startWorkflow({
    behaviour: { prepare: [{ status: "PREPARING", polls: 1_000_000 }] },
  });
  const running = startUncontrolled(workflow);
  await expect
    .poll(() => workflow.vcenter.openDownloadSessions().length, { interval: 5, timeout: 10_000 })
    .toBe(2);
  running.end("ABORTED");
  await running.functionsEnded();
  const { services } = workflow;
  const away = { ...services, profile: () => Promise.reject(new VcenterUnavailable("It is away")) };

  expect(await cleanUp({ ...workflow, services: away }, running, false)).toMatchObject({ cutOff: true });
  await expect(cleanUp({ ...workflow, services: away }, running, true)).rejects.toMatchObject({
    name: "CleanUpIncomplete",
    message: expect.stringMatching(/"disk-0.vmdk", "ubuntu.ovf"/),
  });
  await cleanUp(workflow, running, true);
  expectNothingLeft(workflow);
  // Another time does no harm.
  await cleanUp(workflow, running, true);
});
