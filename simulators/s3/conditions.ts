import { S3Error } from "./errors.ts";
import type { ObjectVersion } from "./record.ts";
import { unquote } from "./request.ts";

/**
 * If-None-Match and If-Match of PutObject, CompleteMultipartUpload, CopyObject and DeleteObject.
 * @throws S3Error PreconditionFailed, NoSuchKey (If-Match without an object)
 */
export function assertWriteConditions(
  headers: Record<string, string>,
  current: ObjectVersion | undefined,
): void {
  const noneMatch = headers["if-none-match"];
  if (noneMatch !== undefined) {
    if (noneMatch.trim() !== "*")
      throw new S3Error("NotImplemented", "If-None-Match can only be * in a write");
    if (current) throw new S3Error("PreconditionFailed");
  }
  const match = headers["if-match"];
  if (match !== undefined) {
    if (!current) throw new S3Error("NoSuchKey");
    if (!matches(match, current)) throw new S3Error("PreconditionFailed");
  }
}

/** If-Match and If-None-Match of HeadObject and GetObject. @returns true when the answer is 304 */
export function isNotModified(headers: Record<string, string>, current: ObjectVersion): boolean {
  const match = headers["if-match"];
  if (match !== undefined && !matches(match, current)) throw new S3Error("PreconditionFailed");
  const noneMatch = headers["if-none-match"];
  return noneMatch !== undefined && matches(noneMatch, current);
}

/** The conditions that CopyObject and UploadPartCopy put on their source. @throws S3Error PreconditionFailed */
export function assertCopyConditions(headers: Record<string, string>, source: ObjectVersion): void {
  const match = headers["x-amz-copy-source-if-match"];
  const noneMatch = headers["x-amz-copy-source-if-none-match"];
  if (match !== undefined && !matches(match, source)) throw new S3Error("PreconditionFailed");
  if (noneMatch !== undefined && matches(noneMatch, source)) throw new S3Error("PreconditionFailed");
}

function matches(header: string, version: ObjectVersion): boolean {
  return header.split(",").some((etag) => etag.trim() === "*" || unquote(etag) === version.etag);
}
