import { DestinationUnavailable, ExportError } from "../errors.ts";
import { describeError } from "../export/failure.ts";
import type { FileError } from "../workflow.ts";

/**
 * The error of work on one item that failed for good; null where it succeeded. Its page goes on.
 * @throws DestinationUnavailable, which has the state machine try again, and what is no error of ours
 */
export async function attempt(work: () => Promise<void>): Promise<FileError | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (error instanceof DestinationUnavailable || !(error instanceof ExportError)) throw error;
    return describeError(error);
  }
}
