import type { Services } from "../services.ts";
import type { FileError } from "../workflow.ts";
import { cleanUpFile } from "./cleanUp.ts";
import { endFile } from "./endFile.ts";
import type { Failure } from "./events.ts";
import { toFileError } from "./failure.ts";
import type { KnownFile } from "./knownFile.ts";

/**
 * Removes what a file that failed has opened.
 * @returns the failure in short, as it stands in the file's result
 */
export async function abortFile(
  { failure, ...known }: KnownFile & { failure: Failure },
  services: Services,
): Promise<FileError> {
  const vcenter = failure.Error !== "LoginRefused";
  await endFile(known, services, {
    remove: (record) => cleanUpFile(known.item, record, services, { vcenter }),
    end: () => ({ state: "FAILED", error: failure.Error }),
  });
  return toFileError(failure);
}
