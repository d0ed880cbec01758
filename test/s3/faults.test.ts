import { CopyObjectCommand, GetObjectCommand, ListPartsCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";
import { openSimulator } from "./simulator.ts";
import { beginUpload, head, LAST_PART, refusal, type TestUpload } from "./uploads.ts";

const object = { Bucket: "bucket", Key: "disk" };

describe("a fault", () => {
  test("answers with its status, as many times as it says, and then no more", async () => {
    const { client, simulator } = await openSimulator();
    simulator.faults.push({ operation: "PutObject", status: 503, times: 2 });
    const put = () => client.send(new PutObjectCommand({ ...object, Body: LAST_PART }));
    await expect(put()).rejects.toMatchObject(refusal("SlowDown", 503));
    await expect(put()).rejects.toMatchObject(refusal("SlowDown", 503));
    await put();
    expect(simulator.requests).toEqual(["PutObject", "PutObject", "PutObject"]);
  });

  test("hits the nth request for its operation and key", async () => {
    const { client, simulator } = await openSimulator();
    simulator.faults.push({ operation: "PutObject", key: "disk", nth: 2, status: 403 });
    const put = (Key: string) =>
      client.send(new PutObjectCommand({ Bucket: "bucket", Key, Body: LAST_PART }));
    await put("disk");
    await put("other");
    await expect(put("disk")).rejects.toMatchObject(refusal("AccessDenied", 403));
    await put("disk");
  });

  test("hits the requests whose key matches", async () => {
    const { client, simulator } = await openSimulator();
    simulator.faults.push({ operation: "PutObject", key: /^runs\//, status: 403, times: 2 });
    const put = (Key: string) =>
      client.send(new PutObjectCommand({ Bucket: "bucket", Key, Body: LAST_PART }));
    await expect(put("runs/1.json")).rejects.toMatchObject(refusal("AccessDenied", 403));
    await put("disk");
    await expect(put("runs/2.json")).rejects.toMatchObject(refusal("AccessDenied", 403));
  });

  test("has the error code that the test names", async () => {
    const { client, simulator } = await openSimulator();
    simulator.faults.push({ operation: "*", status: 500, code: "RequestTimeout" });
    await expect(head(client, "bucket", "disk")).rejects.toMatchObject({
      $metadata: { httpStatusCode: 500 },
    });
    simulator.faults.push({ operation: "PutObject", status: 400, code: "RequestTimeout" });
    const put = client.send(new PutObjectCommand({ ...object, Body: LAST_PART }));
    await expect(put).rejects.toMatchObject(refusal("RequestTimeout", 400));
  });

  test("cuts the connection before anything is done", async () => {
    const { client, simulator } = await openSimulator();
    simulator.faults.push({ operation: "PutObject", reset: true });
    const put = client.send(new PutObjectCommand({ ...object, Body: LAST_PART }));
    await expect(put).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(simulator.objects("bucket")).toEqual([]);
  });

  test("loses the answer to work that is done", async () => {
    const { client, simulator } = await openSimulator();
    simulator.faults.push({ operation: "PutObject", loseReply: true });
    const put = client.send(new PutObjectCommand({ ...object, Body: LAST_PART }));
    await expect(put).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(simulator.objects("bucket")).toEqual(["disk"]);
  });

  test("never answers, and does nothing", async () => {
    const { client, simulator } = await openSimulator();
    simulator.faults.push({ operation: "PutObject", key: "disk", silent: true });
    const abort = new AbortController();
    const put = client.send(new PutObjectCommand({ ...object, Body: LAST_PART }), {
      abortSignal: abort.signal,
    });
    const other = { Bucket: "bucket", Key: "other" };
    await client.send(new PutObjectCommand({ ...other, Body: LAST_PART }));
    abort.abort();
    await expect(put).rejects.toMatchObject({ name: "AbortError" });
    expect(simulator.objects("bucket")).toEqual(["other"]);
  });

  test("lets something happen while the request is on its way", async () => {
    const { client, simulator } = await openSimulator();
    const upload = await beginUpload(client, "bucket", "disk");
    await upload.send(1, LAST_PART);
    simulator.faults.push({
      operation: "CompleteMultipartUpload",
      meanwhile: async () => simulator.losePart(upload.UploadId, 1),
    });
    await expect(upload.complete()).rejects.toMatchObject(refusal("InvalidPart", 400));
    expect(simulator.objects("bucket")).toEqual([]);
  });

  test("holds a request until it is let go", async () => {
    const { client, simulator } = await openSimulator();
    const held = Promise.withResolvers<void>();
    simulator.faults.push({ operation: "PutObject", hold: held.promise });
    const put = client.send(new PutObjectCommand({ ...object, Body: LAST_PART }));
    expect(await head(client, "bucket", "disk")).toBeUndefined();
    held.resolve();
    await put;
    expect(simulator.objects("bucket")).toEqual(["disk"]);
  });
});

describe("CompleteMultipartUpload", () => {
  async function onePart(open: Awaited<ReturnType<typeof openSimulator>>): Promise<TestUpload> {
    const upload = await beginUpload(open.client, "bucket", "disk");
    await upload.send(1, LAST_PART);
    return upload;
  }

  test("can answer 200 with an error in the body, which the SDK raises", async () => {
    const open = await openSimulator();
    open.simulator.faults.push({ operation: "CompleteMultipartUpload", errorBodyWith200: true });
    const upload = await onePart(open);
    await expect(upload.complete()).rejects.toMatchObject({ name: "InternalError" });
    expect(open.simulator.objects("bucket")).toEqual([]);
    await upload.complete();
  });

  test("whose answer was lost gives the same one when it is repeated", async () => {
    const open = await openSimulator();
    open.simulator.faults.push({ operation: "CompleteMultipartUpload", loseReply: true });
    const upload = await onePart(open);
    await expect(upload.complete({ IfNoneMatch: "*" })).rejects.toMatchObject({ code: "ECONNRESET" });
    const { ETag } = await upload.complete({ IfNoneMatch: "*" });
    expect((await head(open.client, "bucket", "disk"))?.ETag).toBe(ETag);
  });

  test("is not repeated when what has happened was forgotten, and one that is open goes on", async () => {
    const open = await openSimulator();
    const [completed, other] = [await onePart(open), await onePart(open)];
    await completed.complete();
    open.simulator.forgetHistory();
    expect(open.simulator.requests).toEqual([]);
    await expect(completed.complete()).rejects.toMatchObject(refusal("NoSuchUpload", 404));
    await other.complete();
    expect(open.simulator.requests).toEqual(["CompleteMultipartUpload", "CompleteMultipartUpload"]);
  });

  test("can meet a conflict, which leaves the upload open", async () => {
    const open = await openSimulator();
    open.simulator.faults.push({ operation: "CompleteMultipartUpload", status: 409 });
    const upload = await onePart(open);
    await expect(upload.complete()).rejects.toMatchObject(refusal("ConditionalRequestConflict", 409));
    expect(open.simulator.openUploads()).toEqual([
      { bucket: "bucket", key: "disk", uploadId: upload.UploadId },
    ]);
    expect((await open.client.send(new ListPartsCommand(upload.id))).Parts).toHaveLength(1);
  });

  test("lets only one of two uploads win where nothing may be replaced", async () => {
    const open = await openSimulator();
    const uploads = [await onePart(open), await onePart(open)];
    const answers = await Promise.allSettled(uploads.map((upload) => upload.complete({ IfNoneMatch: "*" })));
    expect(answers.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const lost = answers.find((answer) => answer.status === "rejected");
    expect(["PreconditionFailed", "ConditionalRequestConflict"]).toContain(lost?.reason.name);
  });
});

test("a copy can answer 200 with an error in the body", async () => {
  const { client, simulator } = await openSimulator();
  await client.send(new PutObjectCommand({ ...object, Body: LAST_PART }));
  simulator.faults.push({ operation: "CopyObject", errorBodyWith200: true });
  const input = { Bucket: "bucket", Key: "copy", CopySource: "bucket/disk" };
  await expect(client.send(new CopyObjectCommand(input))).rejects.toMatchObject({ name: "InternalError" });
  await client.send(new CopyObjectCommand(input));
  const { Body } = await client.send(new GetObjectCommand({ Bucket: "bucket", Key: "copy" }));
  expect(await Body?.transformToString()).toBe(LAST_PART.toString());
});
