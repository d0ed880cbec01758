import { systemClock } from "../functions/clock.ts";
import type { VcenterProfile } from "../functions/config.ts";
import { CertificateMismatch, ExportError, InvalidInput, Stopped } from "../functions/errors.ts";
import { probeVcenter } from "../functions/vsphere/probe.ts";
import type { ExportReport, FileError } from "../functions/workflow.ts";
import { paint, printable } from "../local/display/text.ts";
import type { Streams } from "./streams.ts";

export const EXIT = { success: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** Says on the standard error what went wrong, and what helps. Returns the exit code. */
export function explain(error: unknown, { stderr }: Streams): number {
  if (error instanceof Stopped) return EXIT.interrupted;
  writeError(asFileError(error), stderr);
  if (error instanceof CertificateMismatch && error.presentedThumbprint !== undefined) {
    stderr.write(thumbprintAdvice(error.presentedThumbprint));
  }
  return error instanceof InvalidInput ? EXIT.usage : EXIT.failed;
}

/** Name and message, as they stand in reports. */
export function asFileError(error: unknown): FileError {
  if (error instanceof ExportError) return { name: error.name, message: error.message };
  return { name: "InternalError", message: error instanceof Error ? error.message : String(error) };
}

/** The report of an export that failed before there was anything to report. */
export function failedReport(vcenter: string, error: FileError): ExportReport {
  const unknown = { startedBy: null, libraryItemId: "", library: "", item: "", contentVersion: "" };
  const counts = { exported: 0, unchanged: 0, failed: 0, bytes: 0 };
  return { vcenter, ...unknown, status: "FAILED", counts, manifest: null, files: [], error };
}

export function writeError({ name, message }: FileError, stderr: NodeJS.WritableStream): void {
  stderr.write(`${paint("red", name, stderr)}: ${printable(message)}\n`);
}

/** A report keeps no more than an error's name: whether it was vCenter's own certificate has to be looked up. */
export async function adviseOnCertificate(
  { name }: FileError,
  profile: VcenterProfile,
  stderr: NodeJS.WritableStream,
): Promise<void> {
  if (name !== "CertificateMismatch") return;
  const probe = await probeVcenter(profile, { clock: systemClock }).catch(() => undefined);
  if (probe?.tls?.problem !== undefined) stderr.write(thumbprintAdvice(probe.tls.sha256Thumbprint));
}

/** What to do when the user can vouch for a certificate that no authority known here has signed. */
export function thumbprintAdvice(presented: string): string {
  return [
    "",
    "vCenter presented a certificate with this SHA-256 thumbprint:",
    `  ${presented}`,
    "Compare it first with the certificate that vCenter itself shows: in the vSphere Client under",
    "Administration > Certificates, or on the appliance. If both agree, add",
    `  --thumbprint ${presented}`,
    "or trust the certificate authority with --ca-file. If they do not, somebody is in between.",
    "",
  ].join("\n");
}
