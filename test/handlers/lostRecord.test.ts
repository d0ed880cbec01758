import { CreateMultipartUploadCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { putText } from "../../functions/catalog/objects.ts";
import { openRunRecords } from "../../functions/catalog/runRecords.ts";
import { destinationOf } from "../../functions/export/fileObject.ts";
import { handlers } from "../../functions/handlers/index.ts";
import type { FileState } from "../../functions/workflow.ts";
import { BUCKET, startWorkflow, type Workflow } from "../workflow/harness.ts";
import { prepared, RUN } from "./fileState.ts";

const FAILURE = { Error: "ChecksumMismatch", Cause: "it differs" };
const KEY = `.library-export/runs/${RUN}/0.json`;

const LOST = [
  ["removed", (workflow: Workflow) => recordsOf(workflow).clear()],
  [
    "made unreadable",
    async ({ s3Client: s3 }: Workflow) => void (await putText({ s3, bucket: BUCKET }, KEY, "{", "*")),
  ],
] as const;

let workflow: Workflow;
let state: FileState;
beforeEach(async () => {
  workflow = await startWorkflow();
  onTestFinished(() => workflow[Symbol.asyncDispose]());
  state = await prepared(workflow);
});

function recordsOf({ s3Client }: Workflow) {
  return openRunRecords({ s3: s3Client, bucket: BUCKET }, "", RUN);
}

describe.each(LOST)("a file that fails, whose record was %s", (_how, lose) => {
  test("leaves no download session", async () => {
    await lose(workflow);
    const told = await handlers.AbortFile({ ...state, failure: FAILURE }, workflow.services);
    expect(told).toEqual({ name: FAILURE.Error, message: FAILURE.Cause });
    expect(workflow.vcenter.openDownloadSessions()).toEqual([]);
  });

  test("leaves no staging object, and no upload that its cursor names", async () => {
    const { s3, s3Client, services } = workflow;
    const { staging } = destinationOf(state.item, state.file, services.settings);
    const place = { Bucket: BUCKET, Key: state.file.key };
    const { UploadId: uploadId } = await s3Client.send(new CreateMultipartUploadCommand(place));
    await s3Client.send(new PutObjectCommand({ Bucket: staging.bucket, Key: staging.key, Body: "bytes" }));
    const cursor = { upload: { bucket: BUCKET, key: state.file.key, uploadId } };
    await lose(workflow);
    await handlers.AbortFile({ ...state, transfer: { cursor }, failure: FAILURE }, services);
    expect(s3.openUploads()).toEqual([]);
    expect(s3.objects(BUCKET)).not.toContain(staging.key);
  });

  test("has its log-in left alone where that was refused", async () => {
    await lose(workflow);
    const attempts = workflow.vcenter.loginAttempts();
    const failure = { Error: "LoginRefused", Cause: "401" };
    await handlers.AbortFile({ ...state, failure }, workflow.services);
    expect(workflow.vcenter.loginAttempts()).toBe(attempts);
  });
});

test.each(
  LOST,
)("a file that is exported leaves no download session when its record was %s", async (_how, lose) => {
  const transfer = await handlers.TransferFile(state, workflow.services);
  await lose(workflow);
  await handlers.CompleteFile({ ...state, transfer }, workflow.services);
  expect(workflow.vcenter.openDownloadSessions()).toEqual([]);
  expect(workflow.keys()).toContain(state.file.key);
});

test("a record that cannot be read stays, for somebody to look at", async () => {
  await LOST[1][1](workflow);
  await handlers.AbortFile({ ...state, failure: FAILURE }, workflow.services);
  expect(workflow.s3.objects(BUCKET)).toContain(KEY);
});
