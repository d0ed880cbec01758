import { getBucketLocation, getObjectLockConfiguration, getObjectTagging, headBucket } from "./buckets.ts";
import { completeMultipartUpload } from "./complete.ts";
import type { Operation } from "./context.ts";
import { copyObject } from "./copy.ts";
import { createMultipartUpload } from "./createUpload.ts";
import { deleteObjects } from "./deleteObjects.ts";
import { S3Error } from "./errors.ts";
import { listObjectsV2 } from "./listObjects.ts";
import { listMultipartUploads } from "./listUploads.ts";
import { listObjectVersions } from "./listVersions.ts";
import { deleteObject, getObject, headObject, putObject } from "./objects.ts";
import { abortMultipartUpload, listParts, uploadPart, uploadPartCopy } from "./parts.ts";
import type { S3Request } from "./request.ts";

interface Route {
  operation: string;
  method: string;
  level: "bucket" | "object";
  /** Query parameters that make the request this operation. */
  needs?: string[];
  /** Further query parameters that it understands. */
  takes?: string[];
  /** True: with x-amz-copy-source; false: without. */
  copies?: boolean;
  run: Operation;
}

const ROUTES: Route[] = [
  { operation: "HeadBucket", method: "HEAD", level: "bucket", run: headBucket },
  {
    operation: "GetBucketLocation",
    method: "GET",
    level: "bucket",
    needs: ["location"],
    run: getBucketLocation,
  },
  {
    operation: "GetObjectLockConfiguration",
    method: "GET",
    level: "bucket",
    needs: ["object-lock"],
    run: getObjectLockConfiguration,
  },
  {
    operation: "ListMultipartUploads",
    method: "GET",
    level: "bucket",
    needs: ["uploads"],
    takes: ["prefix", "key-marker", "upload-id-marker", "max-uploads", "encoding-type"],
    run: listMultipartUploads,
  },
  {
    operation: "ListObjectsV2",
    method: "GET",
    level: "bucket",
    needs: ["list-type"],
    takes: [
      "prefix",
      "delimiter",
      "continuation-token",
      "start-after",
      "max-keys",
      "encoding-type",
      "fetch-owner",
    ],
    run: listObjectsV2,
  },
  {
    operation: "ListObjectVersions",
    method: "GET",
    level: "bucket",
    needs: ["versions"],
    takes: ["prefix", "key-marker", "version-id-marker", "max-keys", "encoding-type"],
    run: listObjectVersions,
  },
  { operation: "DeleteObjects", method: "POST", level: "bucket", needs: ["delete"], run: deleteObjects },
  { operation: "HeadObject", method: "HEAD", level: "object", takes: ["versionId"], run: headObject },
  {
    operation: "ListParts",
    method: "GET",
    level: "object",
    needs: ["uploadId"],
    takes: ["part-number-marker", "max-parts"],
    run: listParts,
  },
  {
    operation: "GetObjectTagging",
    method: "GET",
    level: "object",
    needs: ["tagging"],
    takes: ["versionId"],
    run: getObjectTagging,
  },
  { operation: "GetObject", method: "GET", level: "object", takes: ["versionId"], run: getObject },
  {
    operation: "UploadPartCopy",
    method: "PUT",
    level: "object",
    needs: ["partNumber", "uploadId"],
    copies: true,
    run: uploadPartCopy,
  },
  {
    operation: "UploadPart",
    method: "PUT",
    level: "object",
    needs: ["partNumber", "uploadId"],
    copies: false,
    run: uploadPart,
  },
  { operation: "CopyObject", method: "PUT", level: "object", copies: true, run: copyObject },
  { operation: "PutObject", method: "PUT", level: "object", copies: false, run: putObject },
  {
    operation: "CreateMultipartUpload",
    method: "POST",
    level: "object",
    needs: ["uploads"],
    run: createMultipartUpload,
  },
  {
    operation: "CompleteMultipartUpload",
    method: "POST",
    level: "object",
    needs: ["uploadId"],
    run: completeMultipartUpload,
  },
  {
    operation: "AbortMultipartUpload",
    method: "DELETE",
    level: "object",
    needs: ["uploadId"],
    run: abortMultipartUpload,
  },
  { operation: "DeleteObject", method: "DELETE", level: "object", takes: ["versionId"], run: deleteObject },
];

/**
 * The operation that a request asks for.
 * @throws S3Error NotImplemented, also for a parameter that would change what a known operation does
 */
export function route(request: S3Request): { operation: string; run: Operation } {
  // x-id is the SDK's own name for the operation; X-Amz-* is the signature of a presigned URL.
  const parameters = Object.keys(request.query).filter((name) => name !== "x-id" && !/^x-amz-/i.test(name));
  const level = request.key === undefined ? "bucket" : "object";
  const copies = request.headers["x-amz-copy-source"] !== undefined;
  const found = ROUTES.find(
    ({ method, level: at, needs = [], takes = [], copies: asCopy = copies }) =>
      request.bucket !== undefined &&
      method === request.method &&
      at === level &&
      asCopy === copies &&
      needs.every((name) => parameters.includes(name)) &&
      parameters.every((name) => needs.includes(name) || takes.includes(name)),
  );
  if (found) return found;
  const asked = [request.method, level, ...parameters.map((name) => `?${name}`)].join(" ");
  throw new S3Error("NotImplemented", `This double of S3 does not implement: ${asked}`);
}
