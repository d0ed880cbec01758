import type { Services } from "../services.ts";
import type { FileError, FilePlan, ItemPlan } from "../workflow.ts";
import { cleanUpFile, endRecord } from "./cleanUp.ts";
import type { Failure } from "./events.ts";
import { toFileError } from "./failure.ts";
import { recordsOf } from "./run.ts";

/**
 * Removes what a file that failed has opened.
 * @returns the failure in short, as it stands in the file's result
 */
export async function abortFile(
  { item, file, failure }: { item: ItemPlan; file: FilePlan; failure: Failure },
  services: Services,
): Promise<FileError> {
  const record = await recordsOf(item, services).read(file.index);
  if (record !== undefined) {
    const vcenter = failure.Error !== "LoginRefused";
    await cleanUpFile(item, record, services, { vcenter });
    await endRecord(item, record, { state: "FAILED", error: failure.Error }, services);
  }
  return toFileError(failure);
}
