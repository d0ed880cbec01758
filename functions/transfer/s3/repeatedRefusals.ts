import { type S3Client, S3ServiceException } from "@aws-sdk/client-s3";

/**
 * Refusals after which the same request can succeed although the SDK takes them for final: the bytes that arrived are
 * not those that were sent, or another operation was in progress. Source: "Error responses", Amazon S3 API reference.
 */
const PASSING = ["BadDigest", "IncompleteBody", "XAmzContentSHA256Mismatch", "OperationAborted"];

/** Has the SDK make such a request again, as often and with the pauses with which it repeats any other. */
export function repeatPassingRefusals(client: S3Client): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        if (error instanceof S3ServiceException && PASSING.includes(error.name)) error.$retryable = {};
        throw error;
      }
    },
    // Around the deserializer, which makes the error, and within the retries.
    { step: "deserialize", priority: "high", name: "repeatPassingRefusals" },
  );
}
