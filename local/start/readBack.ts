import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { InternalError } from "../../functions/errors.ts";
import type { FileResult } from "../../functions/workflow.ts";

/** Reads every object that stands for a file, and returns the files whose checksum it does not have. */
export async function readBack(s3: S3Client, files: FileResult[]): Promise<FileResult[]> {
  const differing: FileResult[] = [];
  for (const file of files) {
    if (file.checksum === null || file.status === "FAILED") continue;
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: file.bucket, Key: file.key }));
    if (!(Body instanceof Readable)) throw new InternalError(`S3 gives no body for ${file.key}`);
    const hash = createHash(file.checksum.algorithm);
    for await (const chunk of Body) hash.update(chunk);
    if (hash.digest("hex") !== file.checksum.value) differing.push(file);
  }
  return differing;
}
