import {
  CreateMultipartUploadCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { deleteStagingObjects } from "../../functions/transfer/s3/cleanUp.ts";
import { openSimulator } from "../s3/simulator.ts";

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

  expect(simulator.openUploads()).toMatchObject([{ key: `${key}0` }]);
  expect(simulator.objects(Bucket)).toEqual([`${key}0`]);
});
