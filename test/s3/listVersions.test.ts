import { DeleteObjectCommand, ListObjectVersionsCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { deleteStagingObjects } from "../../functions/transfer/s3/cleanUp.ts";
import { openSimulator } from "./simulator.ts";

test("lists versions and delete markers by key, the newest first, a page at a time", async () => {
  const { client } = await openSimulator({ versioned: true });
  const ids: (string | undefined)[] = [];
  for (const Key of ["a", "b", "b", "c"]) {
    ids.push((await client.send(new PutObjectCommand({ Bucket: "bucket", Key, Body: Key }))).VersionId);
  }
  const marker = await client.send(new DeleteObjectCommand({ Bucket: "bucket", Key: "b" }));

  const first = await client.send(new ListObjectVersionsCommand({ Bucket: "bucket", MaxKeys: 3 }));
  expect(first.Versions?.map(({ Key, VersionId, IsLatest }) => [Key, VersionId, IsLatest])).toEqual([
    ["a", ids[0], true],
    ["b", ids[2], false],
  ]);
  expect(first.DeleteMarkers).toMatchObject([{ Key: "b", VersionId: marker.VersionId, IsLatest: true }]);
  const second = await client.send(
    new ListObjectVersionsCommand({
      Bucket: "bucket",
      KeyMarker: first.NextKeyMarker,
      VersionIdMarker: first.NextVersionIdMarker,
    }),
  );
  expect(second.Versions?.map(({ Key, VersionId }) => [Key, VersionId])).toEqual([
    ["b", ids[1]],
    ["c", ids[3]],
  ]);
  expect(second.IsTruncated).toBe(false);
});

test.each([
  true,
  false,
])("a clean-up leaves nothing of a staging object (versions: %s), nor touches its neighbours", async (versioned) => {
  const { client } = await openSimulator({ versioned });
  for (const Key of ["staging/1", "staging/1", "staging/10"]) {
    await client.send(new PutObjectCommand({ Bucket: "bucket", Key, Body: Key }));
  }
  await client.send(new DeleteObjectCommand({ Bucket: "bucket", Key: "staging/10" }));
  await client.send(new PutObjectCommand({ Bucket: "bucket", Key: "staging/10", Body: "neighbour" }));

  await deleteStagingObjects(client, { bucket: "bucket", key: "staging/1" });
  const { Versions = [] } = await client.send(new ListObjectVersionsCommand({ Bucket: "bucket" }));
  expect(new Set(Versions.map(({ Key }) => Key))).toEqual(new Set(["staging/10"]));
});
