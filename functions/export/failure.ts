import type { FileError } from "../workflow.ts";
import type { Failure } from "./events.ts";

/** Characters of a message that a result keeps: the results of all files share one payload of 256 KiB. */
const MAX_MESSAGE_LENGTH = 400;

/**
 * The error in short, wherever it was caught. Lambda's Cause is JSON with errorMessage, errorType and trace; the
 * embedded engine's is the message alone.
 */
export function toFileError({ Error: name, Cause }: Failure, maxLength = MAX_MESSAGE_LENGTH): FileError {
  return { name, message: shorten(lambdaMessage(Cause) ?? Cause, maxLength) };
}

/** The error of a file that is refused before anything is opened for it. */
export function describeError(error: Error): FileError {
  return { name: error.name, message: shorten(error.message, MAX_MESSAGE_LENGTH) };
}

export function shorten(message: string, maxLength: number): string {
  const characters = [...message];
  return characters.length <= maxLength ? message : `${characters.slice(0, maxLength - 1).join("")}…`;
}

function lambdaMessage(cause: string): string | undefined {
  try {
    const value: unknown = JSON.parse(cause);
    if (typeof value === "object" && value !== null && "errorMessage" in value) {
      return typeof value.errorMessage === "string" ? value.errorMessage : undefined;
    }
  } catch {
    // Plain text.
  }
  return undefined;
}
