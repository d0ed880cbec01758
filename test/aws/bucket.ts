import { randomUUID } from "node:crypto";
import {
  AbortMultipartUploadCommand,
  CreateBucketCommand,
  type CreateBucketCommandInput,
  DeleteBucketCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  paginateListObjectsV2,
  S3Client,
} from "@aws-sdk/client-s3";
import type { AwsTestSettings } from "./settings.ts";

export interface OwnBucket {
  client: S3Client;
  bucket: string;
  keys(): Promise<string[]>;
  openUploads(): Promise<string[]>;
  /** Empties and deletes it. */
  close(): Promise<void>;
}

/** Makes a bucket that nobody else uses, so that nothing of anybody's is touched. */
export async function makeBucket({ region }: AwsTestSettings): Promise<OwnBucket> {
  const client = new S3Client({ region });
  const bucket = `library-export-test-${randomUUID()}`;
  // us-east-1 is where a bucket is that names no other place.
  const place = region === "us-east-1" ? {} : { CreateBucketConfiguration: { LocationConstraint: region } };
  // The region is one of the SDK's own enumeration, or S3 refuses it.
  await client.send(new CreateBucketCommand({ Bucket: bucket, ...place } as CreateBucketCommandInput));
  // At most 1,000 of them: tests leave a few.
  const uploads = async () =>
    (await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }))).Uploads ?? [];
  const keys = async () => {
    const found: string[] = [];
    for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket })) {
      found.push(...(page.Contents ?? []).map(({ Key = "" }) => Key));
    }
    return found;
  };
  return {
    client,
    bucket,
    keys,
    openUploads: async () => (await uploads()).map(({ Key = "" }) => Key),
    async close() {
      for (const { Key, UploadId } of await uploads()) {
        await client.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId }));
      }
      for (const Key of await keys()) await client.send(new DeleteObjectCommand({ Bucket: bucket, Key }));
      await client.send(new DeleteBucketCommand({ Bucket: bucket }));
      client.destroy();
    },
  };
}
