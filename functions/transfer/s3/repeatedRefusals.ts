import { type S3Client, S3ServiceException } from "@aws-sdk/client-s3";
import { CONFLICT } from "./s3Errors.ts";

/**
 * Refusals after which the same request can succeed although the SDK takes them for final: the bytes that arrived are
 * not those that were sent, or another operation was in progress. Source: "Error responses", Amazon S3 API reference.
 */
const PASSING = ["BadDigest", "IncompleteBody", "XAmzContentSHA256Mismatch", "OperationAborted"];

/** An object that is sent in one request may be sent again after a conflict; an upload has to be started anew. */
function passes({ name }: S3ServiceException, commandName: string | undefined): boolean {
  return PASSING.includes(name) || (name === CONFLICT && commandName === "PutObjectCommand");
}

/** Has the SDK make such a request again, as often and with the pauses with which it repeats any other. */
export function repeatPassingRefusals(client: S3Client): void {
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        try {
          return await next(args);
        } catch (error) {
          if (error instanceof S3ServiceException && passes(error, commandName)) error.$retryable = {};
          throw error;
        }
      },
    // Around the deserializer, which makes the error, and within the retries.
    { step: "deserialize", priority: "high", name: "repeatPassingRefusals" },
  );
}
