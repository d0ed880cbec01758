import { describe, expect, test } from "vitest";
import { putText } from "../../functions/catalog/objects.ts";
import { openRunRecords, type RunRecord } from "../../functions/catalog/runRecords.ts";
import { runTask } from "../../functions/container/task.ts";
import { handlers } from "../../functions/handlers/index.ts";
import type { FileState } from "../../functions/workflow.ts";
import { BUCKET, startWorkflow, type Workflow } from "../workflow/harness.ts";

const RUN = "run-1";
const TASK = {
  LIBRARY_EXPORT_TASK_RUN: RUN,
  LIBRARY_EXPORT_TASK_BUCKET: BUCKET,
  LIBRARY_EXPORT_TASK_PREFIX: "",
  LIBRARY_EXPORT_TASK_FILE: "0",
};

function recordsOf({ s3Client }: Workflow) {
  return openRunRecords({ s3: s3Client, bucket: BUCKET }, "", RUN);
}

/** A file that was handed over to a container, with what is in its record of it. */
async function handedOver(workflow: Workflow, container: RunRecord["container"]): Promise<FileState> {
  const { services } = workflow;
  const input = { vcenter: "lab", library: "Golden images", item: "ubuntu", include: ["disk-0.vmdk"] };
  const { item, files } = await handlers.ResolveItem({ run: RUN, input }, services);
  const [file] = files;
  if (file === undefined) throw new Error("the sample has a disk");
  const transfer = { done: false as const, cursor: null, result: null };
  const session = await handlers.PrepareFile({ item, file, session: null, transfer }, services);
  const record = await recordsOf(workflow).read(0);
  if (record === undefined) throw new Error("PrepareFile writes the record first");
  const state = { item, file, session, transfer };
  await recordsOf(workflow).write({ ...record, container: container ?? { state, outcome: null } });
  return state;
}

/** What ECS says of a task that did not end well, as Step Functions passes it on. */
const outOfMemory = {
  Error: "States.TaskFailed",
  Cause: JSON.stringify({
    ClusterArn: "cluster",
    StoppedReason: "Essential container in task exited",
    StopCode: "EssentialContainerExited",
    Containers: [{ Name: "transfer", ExitCode: 137, Reason: "OutOfMemoryError: Container killed" }],
  }),
};

describe("a container that left nothing", () => {
  test.each([
    [
      outOfMemory,
      "States.TaskFailed, Essential container in task exited, OutOfMemoryError: Container killed, exit code 137",
    ],
    [{ Error: "States.Timeout", Cause: "" }, "States.Timeout"],
    [{ Error: "AmazonECS.Unknown", Cause: "no capacity" }, "AmazonECS.Unknown, no capacity"],
    [{ Error: "FileTooLargeForSource", Cause: "too large" }, "it ended without an error"],
  ])("has failed for the reason that there is", async (failure, reason) => {
    await using workflow = await startWorkflow();
    const state = await handedOver(workflow, undefined);
    const read = handlers.ReadContainerResult({ ...state, failure }, workflow.services);
    await expect(read).rejects.toMatchObject({
      name: "ContainerFailed",
      message: expect.stringContaining(`"disk-0.vmdk" ended without a result (${reason}): `),
    });
  });

  test("has failed also where not even a record is left", async () => {
    await using workflow = await startWorkflow();
    const state = await handedOver(workflow, undefined);
    await recordsOf(workflow).clear();
    const read = handlers.ReadContainerResult({ ...state, failure: outOfMemory }, workflow.services);
    await expect(read).rejects.toMatchObject({ name: "ContainerFailed" });
  });
});

/** The container has published the file, and then its record is `text`; undefined: it has none. */
async function publishedAndForgotten(workflow: Workflow, text: string | undefined): Promise<FileState> {
  const state = await handedOver(workflow, undefined);
  await runTask(TASK, workflow.services);
  const { s3Client: s3 } = workflow;
  const key = `.library-export/runs/${RUN}/0.json`;
  if (text === undefined) await recordsOf(workflow).clear();
  else await putText({ s3, bucket: BUCKET }, key, text, "*");
  return state;
}

describe("a container that published the file, and could not say so,", () => {
  test("has exported it, if it was killed before it told", async () => {
    await using workflow = await startWorkflow();
    const state = await handedOver(workflow, undefined);
    const before = await recordsOf(workflow).read(0);
    await runTask(TASK, workflow.services);
    const told = (await recordsOf(workflow).read(0))?.container?.outcome?.result;
    await recordsOf(workflow).write(before as RunRecord); // handedOver has written one
    const read = await handlers.ReadContainerResult({ ...state, failure: outOfMemory }, workflow.services);
    expect(read).toEqual({ done: true, cursor: null, result: { ...(told as object), bytesPerSecond: null } });
  });

  test.each([
    ["is gone", undefined],
    ["cannot be read", "{"],
  ])("has exported it, if its record %s, and nothing stays open", async (_what, text) => {
    await using workflow = await startWorkflow();
    const state = await publishedAndForgotten(workflow, text);
    const transfer = await handlers.ReadContainerResult(
      { ...state, failure: outOfMemory },
      workflow.services,
    );
    expect(transfer).toMatchObject({ done: true, result: { status: "EXPORTED", key: state.file.key } });
    await handlers.CompleteFile({ ...state, transfer }, workflow.services);
    expect(workflow.vcenter.openDownloadSessions()).toEqual([]);
  });

  test("has not exported what another export put there since", async () => {
    await using workflow = await startWorkflow();
    const state = await publishedAndForgotten(workflow, undefined);
    const another = { ...state, item: { ...state.item, run: "run-2" } };
    const read = handlers.ReadContainerResult({ ...another, failure: outOfMemory }, workflow.services);
    await expect(read).rejects.toMatchObject({ name: "ContainerFailed" });
  });
});

test("the container's error comes with its name and its words", async () => {
  await using workflow = await startWorkflow();
  const error = { name: "ChecksumMismatch", message: 'The file "disk-0.vmdk" differs' };
  const state = await handedOver(workflow, { state: {}, outcome: { result: null, error } });
  const read = handlers.ReadContainerResult({ ...state, failure: outOfMemory }, workflow.services);
  await expect(read).rejects.toMatchObject(error);
});

test("a result of another file is not taken for this file's", async () => {
  await using workflow = await startWorkflow();
  const { item, file } = await handedOver(workflow, undefined);
  const { bucket } = item;
  const other = { index: 7, name: "other.vmdk", status: "EXPORTED", bucket, key: file.key, versionId: null };
  const result = { ...other, size: 1, checksum: null, bytesPerSecond: 1, error: null };
  const state = await handedOver(workflow, { state: {}, outcome: { result, error: null } });
  const read = handlers.ReadContainerResult({ ...state, failure: outOfMemory }, workflow.services);
  await expect(read).rejects.toMatchObject({
    name: "InternalError",
    message: expect.stringMatching(/"disk-0.vmdk" left the result of "other.vmdk"/),
  });
});

test.each([
  "EXPORTED",
  "FAILED",
] as const)("a task writes nothing into the record of a file that has meanwhile ended as %s", async (state) => {
  await using workflow = await startWorkflow();
  await handedOver(workflow, undefined);
  const ended = { ...(await recordsOf(workflow).read(0)), state, downloadSessionIds: [], uploads: [] };
  workflow.s3.faults.push({
    operation: "CompleteMultipartUpload",
    key: /disk-0\.vmdk$/,
    meanwhile: async () => void (await recordsOf(workflow).write(ended as RunRecord)), // handedOver has written one
  });
  await runTask(TASK, workflow.services);
  expect(await recordsOf(workflow).read(0)).toEqual(ended);
});

test("a task that starts after its file was given up moves nothing, and says nothing", async () => {
  await using workflow = await startWorkflow();
  const state = await handedOver(workflow, undefined);
  const failure = { Error: "States.Timeout", Cause: "" };
  await handlers.AbortFile({ ...state, failure }, workflow.services);
  const ended = await recordsOf(workflow).read(0);
  await runTask(TASK, workflow.services);
  expect(workflow.vcenter.transfers).toEqual([]);
  expect(await recordsOf(workflow).read(0)).toEqual(ended);
});

test("a task that is run again after it has told moves nothing", async () => {
  await using workflow = await startWorkflow();
  const state = await handedOver(workflow, undefined);
  await runTask(TASK, workflow.services);
  const transfers = workflow.vcenter.transfers.length;
  await runTask(TASK, workflow.services);
  expect(workflow.vcenter.transfers).toHaveLength(transfers);

  const failure = { Error: "FileTooLargeForSource", Cause: "too large" };
  const first = await handlers.ReadContainerResult({ ...state, failure }, workflow.services);
  const second = await handlers.ReadContainerResult({ ...state, failure }, workflow.services);
  expect(first).toMatchObject({ done: true, result: { status: "EXPORTED", key: state.file.key } });
  expect(second).toEqual(first);
});

test.each(
  Object.keys(TASK).filter((name) => !name.endsWith("PREFIX")),
)("a task without %s says that it lacks it", async (name) => {
  await using workflow = await startWorkflow();
  await expect(runTask({ ...TASK, [name]: undefined }, workflow.services)).rejects.toMatchObject({
    name: "InvalidInput",
    message: expect.stringContaining(name),
  });
});
