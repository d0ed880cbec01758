import {
  CreateMultipartUploadCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { DestinationDenied, DestinationUnavailable } from "../../functions/errors.ts";
import { abortUpload, deleteStagingObjects } from "../../functions/transfer/s3/cleanUp.ts";
import { openSimulator } from "../s3/simulator.ts";
import { startCountingS3 } from "./countingS3.ts";

const Bucket = "bucket";
const key = ".library-export/staging/nightly/1";

test("nothing is left at a staging key: no version, and no upload whose id was lost", async () => {
  const { simulator, client } = await openSimulator({ versioned: true });
  await client.send(new PutObjectCommand({ Bucket, Key: key, Body: "first" }));
  await client.send(new PutObjectCommand({ Bucket, Key: key, Body: "second" }));
  await client.send(new CreateMultipartUploadCommand({ Bucket, Key: key }));

  await deleteStagingObjects(client, { bucket: Bucket, key });

  expect(simulator.openUploads()).toEqual([]);
  const { Versions, DeleteMarkers } = await client.send(new ListObjectVersionsCommand({ Bucket }));
  expect([Versions, DeleteMarkers]).toEqual([undefined, undefined]);
});

test("what is at another file's staging key stays", async () => {
  const { simulator, client } = await openSimulator({ versioned: true });
  await client.send(new PutObjectCommand({ Bucket, Key: `${key}0`, Body: "of the eleventh file" }));
  await client.send(new CreateMultipartUploadCommand({ Bucket, Key: `${key}0` }));

  await deleteStagingObjects(client, { bucket: Bucket, key });

  expect(simulator.requests).not.toContain("AbortMultipartUpload");
  expect(simulator.requests).not.toContain("DeleteObject");
  expect(simulator.openUploads()).toMatchObject([{ key: `${key}0` }]);
  expect(simulator.objects(Bucket)).toEqual([`${key}0`]);
});

test("on a server that cannot list versions or uploads, the object itself is deleted", async () => {
  const { simulator, client } = await openSimulator();
  await client.send(new PutObjectCommand({ Bucket, Key: key, Body: "staged" }));
  for (const operation of ["ListMultipartUploads", "ListObjectVersions"]) {
    simulator.faults.push({ operation, status: 501, code: "NotImplemented" });
  }

  await deleteStagingObjects(client, { bucket: Bucket, key });

  expect(simulator.requests).not.toContain("AbortMultipartUpload");
  expect(simulator.objects(Bucket)).toEqual([]);
});

test.each([
  "ListMultipartUploads",
  "AbortMultipartUpload",
  "ListObjectVersions",
  "DeleteObject",
])("a refusal of %s is an error with the object's name", async (operation) => {
  const { simulator, client } = await openSimulator();
  await client.send(new PutObjectCommand({ Bucket, Key: key, Body: "staged" }));
  if (operation === "AbortMultipartUpload") {
    await client.send(new CreateMultipartUploadCommand({ Bucket, Key: key }));
  }
  simulator.faults.push({ operation, status: 403 });

  const deleting = deleteStagingObjects(client, { bucket: Bucket, key });

  await expect(deleting).rejects.toThrow(DestinationDenied);
  await expect(deleting).rejects.toThrow(`s3://${Bucket}/${key}`);
});

test("a server that is gone is told from one that cannot list", async () => {
  const { simulator, client } = await openSimulator();
  simulator.faults.push({ operation: "*", times: 9, reset: true });
  const deleting = deleteStagingObjects(client, { bucket: Bucket, key });
  await expect(deleting).rejects.toThrow(DestinationUnavailable);
});

test("an upload that outlives its aborts is given up after five", async () => {
  await using s3 = await startCountingS3();
  const aborting = abortUpload(s3.client, { bucket: Bucket, key, uploadId: "u" });
  await expect(aborting).rejects.toThrow(DestinationUnavailable);
  await expect(aborting).rejects.toThrow(`s3://${Bucket}/${key} still exists after 5 aborts`);
  expect(s3.requests).toEqual(Array.from({ length: 5 }, () => ["DELETE abort", "GET list"]).flat());
});
