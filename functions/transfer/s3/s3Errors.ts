import { S3ServiceException } from "@aws-sdk/client-s3";
import {
  DestinationChanged,
  DestinationDenied,
  DestinationRefused,
  DestinationUnavailable,
  ExportError,
} from "../../errors.ts";

/** Answers that say that the upload does not exist (any more). */
export function isNoSuchUpload(error: unknown): boolean {
  return error instanceof S3ServiceException && error.name === "NoSuchUpload";
}

/** HEAD has no body, so that all it can say is 404. */
export function isNotFound(error: unknown): boolean {
  return error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404;
}

/** The upload, one of its parts, or the staging object that it is copied from. */
const GONE = ["NoSuchUpload", "InvalidPart", "NoSuchKey"];
export const CONFLICT = "ConditionalRequestConflict";
const PASSING = ["RequestTimeout", "OperationAborted"];

/** Whether it is the error that `toDestinationError` makes of one of these. */
export function isGone(error: unknown): boolean {
  const cause = error instanceof DestinationChanged ? error.cause : undefined;
  return cause instanceof S3ServiceException && GONE.includes(cause.name);
}

/**
 * Whether it is the error made of a conflict: another operation on the key was in progress, and may have come to nothing.
 * S3 wants the upload started anew, whose parts are of no more use.
 * Source: Amazon S3 API reference, CompleteMultipartUpload, If-None-Match and If-Match.
 */
export function isConflict(error: unknown): boolean {
  const cause = error instanceof DestinationChanged ? error.cause : undefined;
  return cause instanceof S3ServiceException && cause.name === CONFLICT;
}

/**
 * The named error for what the S3 client threw, with S3's own words and the object it was about. Errors that have
 * a name of ours already, and the reasons of an abort signal, stay as they are.
 */
export function toDestinationError(
  error: unknown,
  { bucket, key }: { bucket: string; key?: string },
): unknown {
  if (error instanceof ExportError) return error;
  const place = key === undefined ? `s3://${bucket}` : `s3://${bucket}/${key}`;
  if (!(error instanceof S3ServiceException)) {
    const why = error instanceof Error ? error.message || error.name : String(error);
    return new DestinationUnavailable(`S3 cannot be reached for ${place}: ${why}`, { cause: error });
  }
  const status = error.$metadata.httpStatusCode ?? 0;
  const says = `${place}: ${error.name}${error.message && error.message !== error.name ? ` (${error.message})` : ""}`;
  if (status === 412 || error.name === CONFLICT) {
    return new DestinationChanged(
      `${says}. Another writer was faster; nothing of this export was published there`,
      { cause: error },
    );
  }
  if (GONE.includes(error.name) && key !== undefined) {
    return new DestinationChanged(
      `${says}. What was uploaded is gone: another program or a lifecycle rule removed it; nothing of this export was published there`,
      { cause: error },
    );
  }
  const noBucket = error.name === "NoSuchBucket" || (status === 404 && key === undefined);
  if (status === 401 || status === 403 || noBucket || error.name === "PermanentRedirect") {
    return new DestinationDenied(
      `${says}. Check that the bucket exists, its region and owner, and the permissions`,
      {
        cause: error,
      },
    );
  }
  if (status >= 500 || status === 429 || status === 0 || PASSING.includes(error.name)) {
    return new DestinationUnavailable(`${says}. S3 keeps failing`, { cause: error });
  }
  return new DestinationRefused(`${says} (HTTP ${status})`, { cause: error });
}
