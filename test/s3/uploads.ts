import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import {
  type CompletedPart,
  CompleteMultipartUploadCommand,
  type CompleteMultipartUploadCommandInput,
  type CompleteMultipartUploadCommandOutput,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";

/** The smallest part that need not be the last. */
export const FULL_PART = Buffer.alloc(5 * 1024 * 1024, "a part of five MiB ");
export const LAST_PART = Buffer.from("and the last one");
/** What the two are together. */
export const WHOLE = Buffer.concat([FULL_PART, LAST_PART]);

export function crc32Base64(bytes: Buffer): string {
  const value = Buffer.alloc(4);
  value.writeUInt32BE(crc32(bytes));
  return value.toString("base64");
}

export function digestBase64(algorithm: string, bytes: Buffer): string {
  return createHash(algorithm).update(bytes).digest("base64");
}

/** One multipart upload under way, so that a test says only what is special about it. */
export class TestUpload {
  readonly client: S3Client;
  readonly Bucket: string;
  readonly Key: string;
  readonly UploadId: string;
  readonly parts: CompletedPart[] = [];

  constructor(client: S3Client, bucket: string, key: string, uploadId: string) {
    this.client = client;
    this.Bucket = bucket;
    this.Key = key;
    this.UploadId = uploadId;
  }

  get id() {
    return { Bucket: this.Bucket, Key: this.Key, UploadId: this.UploadId };
  }

  async send(PartNumber: number, Body: Buffer): Promise<string> {
    const sent = await this.client.send(new UploadPartCommand({ ...this.id, PartNumber, Body }));
    const { ETag = "", ChecksumCRC32 } = sent;
    this.parts.push({ PartNumber, ETag, ChecksumCRC32 });
    return ETag;
  }

  complete(
    special: Partial<CompleteMultipartUploadCommandInput> = {},
  ): Promise<CompleteMultipartUploadCommandOutput> {
    const MultipartUpload = { Parts: this.parts };
    return this.client.send(new CompleteMultipartUploadCommand({ ...this.id, MultipartUpload, ...special }));
  }
}

/** Begins an upload with a full-object CRC32, unless the test names another algorithm. */
export async function beginUpload(
  client: S3Client,
  bucket: string,
  key: string,
  special: Partial<CreateMultipartUploadCommandInput> = {},
): Promise<TestUpload> {
  const checksum = { ChecksumAlgorithm: "CRC32", ChecksumType: "FULL_OBJECT" } as const;
  const input = { Bucket: bucket, Key: key, ...(special.ChecksumAlgorithm ? {} : checksum), ...special };
  const { UploadId = "" } = await client.send(new CreateMultipartUploadCommand(input));
  return new TestUpload(client, bucket, key, UploadId);
}

/** The object, or undefined when there is none. */
export async function head(
  client: S3Client,
  bucket: string,
  key: string,
): Promise<HeadObjectCommandOutput | undefined> {
  try {
    return await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: "ENABLED" }));
  } catch (error) {
    if (error instanceof Error && error.name === "NotFound") return undefined;
    throw error;
  }
}

/** What `expect(...).rejects.toMatchObject` compares an error of S3's with. */
export function refusal(name: string, httpStatusCode: number) {
  return { name, $metadata: { httpStatusCode } };
}
