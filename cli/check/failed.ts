import { ExportError, VcenterError } from "../../functions/errors.ts";
import { type Finding, fail } from "./finding.ts";

/** The finding for an error: its message for people, its kind alone for bug reports. Anything else is a bug: it is thrown. */
export function failed(check: string, error: unknown): Finding {
  if (!(error instanceof ExportError)) throw error;
  const { status, errorType } = error instanceof VcenterError ? error : {};
  return fail(check, `${error.name}: ${error.message}`, {
    error: error.name,
    ...(status !== undefined && { httpStatus: status }),
    ...(errorType !== undefined && { errorType }),
  });
}
