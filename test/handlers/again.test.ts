import { CreateMultipartUploadCommand, DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";
import { openRunRecords, type RunRecord } from "../../functions/catalog/runRecords.ts";
import { InternalError, LoginRefused, UnexpectedResponse } from "../../functions/errors.ts";
import { handlers } from "../../functions/handlers/index.ts";
import { BUCKET, expectNothingLeft, startWorkflow, type Workflow } from "../workflow/harness.ts";
import { prepared, RUN, resolved } from "./fileState.ts";

/** Step Functions runs a state again when it does not learn how it ended: nothing may happen twice. */
const DISK = "Golden images/ubuntu/disk-0.vmdk";

function recordsOf({ s3Client }: Workflow) {
  return openRunRecords({ s3: s3Client, bucket: BUCKET }, "", RUN);
}

/** The file has ended, and nothing that it opened is left but the record that says so. */
async function expectOnlyItsRecord(workflow: Workflow, end: Partial<RunRecord>): Promise<void> {
  const records = recordsOf(workflow);
  const nothingOpen = { uploads: [], downloadSessionIds: [], openingSession: null, staging: null };
  expect(await records.list()).toEqual([expect.objectContaining({ ...nothingOpen, ...end })]);
  await records.clear();
  expectNothingLeft(workflow);
}

describe("a state that is run again", () => {
  test("finds the download session that PrepareFile opened before", async () => {
    await using workflow = await startWorkflow();
    const state = await resolved(workflow);
    const first = await handlers.PrepareFile(state, workflow.services);
    const second = await handlers.PrepareFile(state, workflow.services);
    expect(second.downloadSessionId).toBe(first.downloadSessionId);
    expect(workflow.vcenter.openDownloadSessions()).toHaveLength(1);
  });

  test("removes the upload that a TransferFile left when it died, and exports", async () => {
    await using workflow = await startWorkflow();
    const { services, s3Client } = workflow;
    const state = await prepared(workflow);
    const { UploadId: uploadId = "" } = await s3Client.send(
      new CreateMultipartUploadCommand({ Bucket: BUCKET, Key: "left" }),
    );
    const records = recordsOf(workflow);
    const record = await records.read(0);
    if (record === undefined) throw new Error("PrepareFile writes the record first");
    await records.write({ ...record, uploads: [{ bucket: BUCKET, key: "left", uploadId }] });

    const { done } = await handlers.TransferFile(state, services);
    expect(done).toBe(true);
    expect(workflow.s3.openUploads()).toEqual([]);
  });

  test("recognises the object that TransferFile published before, and asks vCenter for nothing", async () => {
    await using workflow = await startWorkflow();
    const { services, vcenter } = workflow;
    const state = await prepared(workflow);
    const first = await handlers.TransferFile(state, services);
    const asked = vcenter.requests.length;
    const second = await handlers.TransferFile(state, services);
    expect(second).toEqual({ ...first, result: { ...first.result, bytesPerSecond: null } });
    expect(vcenter.requests).toHaveLength(asked);
    expect(vcenter.transfers).toHaveLength(1);
    expect(workflow.keys()).toEqual([state.file.key]);

    state.transfer = second;
    for (let time = 1; time <= 2; time++) await handlers.CompleteFile(state, services);
    await expectOnlyItsRecord(workflow, { state: "EXPORTED", bytes: first.result?.size ?? 0 });
  });

  test("finds nothing left to abort, and tells the failure all the same", async () => {
    await using workflow = await startWorkflow();
    const { services } = workflow;
    const state = await prepared(workflow);
    const failure = {
      Error: "ChecksumMismatch",
      Cause: JSON.stringify({ errorMessage: "differs", trace: [] }),
    };
    for (let time = 1; time <= 2; time++) {
      const told = await handlers.AbortFile({ ...state, failure }, services);
      expect(told).toEqual({ name: "ChecksumMismatch", message: "differs" });
    }
    await expectOnlyItsRecord(workflow, { state: "FAILED", error: "ChecksumMismatch" });
  });
});

describe("after a refused log-in", () => {
  test("AbortFile removes what is in S3, and does not log in", async () => {
    await using workflow = await startWorkflow();
    const { services, vcenter } = workflow;
    const state = await resolved(workflow);
    await handlers.PrepareFile(state, services);
    const attempts = vcenter.loginAttempts();
    await handlers.AbortFile({ ...state, failure: { Error: "LoginRefused", Cause: "401" } }, services);
    expect(vcenter.loginAttempts()).toBe(attempts);
    expect(workflow.s3.openUploads()).toEqual([]);
    expect(await recordsOf(workflow).list()).toMatchObject([{ state: "FAILED", staging: null }]);
    expect(workflow.keys()).toEqual([]);
  });

  test("no state of the same run tries again, whatever its file", async () => {
    await using workflow = await startWorkflow();
    const { services, vcenter } = workflow;
    const state = await resolved(workflow);
    await recordsOf(workflow).markLoginRefused();
    const attempts = vcenter.loginAttempts();
    await expect(handlers.PrepareFile(state, services)).rejects.toThrow(LoginRefused);
    await expect(handlers.TransferFile(state, services)).rejects.toThrow(LoginRefused);
    expect(vcenter.loginAttempts()).toBe(attempts);
  });
});

describe("FinishItem", () => {
  test("removes what a file's part of the execution left when it died", async () => {
    await using workflow = await startWorkflow();
    const { services } = workflow;
    const state = await resolved(workflow);
    await handlers.PrepareFile(state, services);
    const report = await handlers.FinishItem(
      {
        run: RUN,
        input: {},
        resolved: { item: state.item, files: [state.file] },
        results: [{ Error: "States.Runtime", Cause: "what Step Functions may leave in a result's place" }],
        failure: null,
      },
      services,
    );
    expect(report).toMatchObject({ status: "FAILED", error: { name: "InternalError" }, manifest: null });
    expectNothingLeft(workflow);
  });

  test("keeps the record of a session whose id nobody could read, until somebody can", async () => {
    await using workflow = await startWorkflow();
    const { services, vcenter } = workflow;
    const state = await resolved(workflow);
    vcenter.behaviour.faults.push({ on: "download-session.create", answer: "html", times: 2 });
    await expect(handlers.PrepareFile(state, services)).rejects.toThrow(UnexpectedResponse);
    const files = { item: state.item, files: [state.file] };
    const ended = { run: RUN, input: {}, resolved: files, results: [], failure: null };
    await handlers.FinishItem(ended, services);
    expect(vcenter.openDownloadSessions()).toHaveLength(1);
    expect(await recordsOf(workflow).list()).toHaveLength(1);
    await handlers.FinishItem(ended, services);
    expectNothingLeft(workflow);
  });

  test("records no object that somebody has replaced or removed before it could", async () => {
    await using workflow = await startWorkflow();
    const { services, s3Client } = workflow;
    for (const change of [
      new PutObjectCommand({ Bucket: BUCKET, Key: DISK, Body: "another" }),
      new DeleteObjectCommand({ Bucket: BUCKET, Key: DISK }),
    ]) {
      const state = await prepared(workflow);
      const { result } = await handlers.TransferFile(state, services);
      if (result === null) throw new Error("the disk fits one invocation");
      await handlers.CompleteFile({ ...state, transfer: { done: true, cursor: null, result } }, services);
      await s3Client.send(change);
      const files = { item: state.item, files: [state.file] };
      const ended = { run: RUN, input: {}, resolved: files, results: [result], failure: null };
      expect(await handlers.FinishItem(ended, services)).toMatchObject({ manifest: null });
      expect(workflow.keys()).not.toContain("Golden images/ubuntu/.export.json");
      await s3Client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: state.file.key }));
    }
  });

  test("reports a manifest that cannot be written, and keeps the files' results", async () => {
    await using workflow = await startWorkflow();
    workflow.s3.faults.push({
      operation: "PutObject",
      key: "Golden images/ubuntu/.export.json",
      status: 403,
      times: 100,
    });
    const { report } = await workflow.run();
    expect(report).toMatchObject({ status: "FAILED", manifest: null, error: { name: "DestinationDenied" } });
    expect(report.files.map(({ status }) => status)).toEqual(["EXPORTED", "EXPORTED"]);
    expectNothingLeft(workflow);
  });
});

test.each(
  Object.keys(handlers) as (keyof typeof handlers)[],
)("%s refuses a malformed event by its field", async (name) => {
  await using workflow = await startWorkflow();
  for (const event of [{}, null, "text", { item: 5 }]) {
    const refused = handlers[name](event, workflow.services);
    await expect(refused).rejects.toThrow(InternalError);
  }
  expect(workflow.vcenter.requests).toEqual([]);
  expect(workflow.s3.requests).toEqual([]);
});
