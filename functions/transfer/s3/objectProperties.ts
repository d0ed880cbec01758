import type { CreateMultipartUploadCommandInput } from "@aws-sdk/client-s3";
import type { RecordedChecksum } from "../../checksum.ts";
import type { Destination } from "../request.ts";

type ObjectProperties = Pick<
  CreateMultipartUploadCommandInput,
  | "Metadata"
  | "ContentType"
  | "StorageClass"
  | "ServerSideEncryption"
  | "SSEKMSKeyId"
  | "Tagging"
  | "ExpectedBucketOwner"
> & { Bucket: string; Key: string };

/** Everything about the final object that is fixed when it is created: the checksum among it. */
export function finalObject(
  destination: Destination,
  fileName: string,
  checksum: RecordedChecksum,
): ObjectProperties {
  const tags = new URLSearchParams(destination.tags).toString();
  return {
    Bucket: destination.bucket,
    Key: destination.key,
    Metadata: {
      ...destination.metadata,
      "checksum-algorithm": checksum.algorithm,
      checksum: checksum.value,
      "checksum-source": checksum.source,
      "export-id": destination.exportId,
    },
    ContentType: contentType(fileName),
    StorageClass: destination.storageClass as ObjectProperties["StorageClass"], // S3 itself refuses what it does not know
    ...(destination.kmsKeyId && { ServerSideEncryption: "aws:kms", SSEKMSKeyId: destination.kmsKeyId }),
    Tagging: tags || undefined,
    ExpectedBucketOwner: destination.expectedBucketOwner,
  };
}

/** A staging object: STANDARD and untagged, because it lives for minutes. */
export function stagingObject(destination: Destination): ObjectProperties {
  return {
    Bucket: destination.staging.bucket,
    Key: destination.staging.key,
    Metadata: { "export-id": destination.exportId },
    ContentType: "application/octet-stream",
    ...(destination.kmsKeyId && { ServerSideEncryption: "aws:kms", SSEKMSKeyId: destination.kmsKeyId }),
    ExpectedBucketOwner: destination.expectedBucketOwner,
  };
}

const CONTENT_TYPES: Record<string, string> = {
  ".ovf": "application/xml",
  ".mf": "text/plain",
  ".cert": "text/plain",
  ".iso": "application/x-iso9660-image",
  ".ova": "application/x-tar",
};

function contentType(fileName: string): string {
  const extension = fileName.slice(fileName.lastIndexOf(".")).toLowerCase();
  return CONTENT_TYPES[extension] ?? "application/octet-stream";
}
