import { PreparationFailed, PreparationTimedOut } from "../../functions/errors.ts";
import type { DownloadSessionFile, DownloadTarget, TransferEndpoint } from "../../functions/vsphere/model.ts";
import { type Finding, ok } from "./finding.ts";
import type { ProbeOptions } from "./probeItem.ts";

const PREPARE_MILLISECONDS = 10 * 60_000;
const POLL_MILLISECONDS = 2000;

/**
 * Has a file prepared, and tells how that went.
 * @throws PreparationFailed, PreparationTimedOut, EndpointNotSupported, EndpointNotAllowed
 */
export async function* prepare(
  sessionId: string,
  name: string,
  options: ProbeOptions,
): AsyncGenerator<Finding, DownloadTarget> {
  const { client, clock, signal } = options;
  const begin = clock.now();
  const statuses: string[] = [];
  let file: DownloadSessionFile = await client.prepareSessionFile(sessionId, name);
  for (;;) {
    if (statuses.at(-1) !== file.status) statuses.push(file.status);
    if (file.status === "PREPARED" || file.status === "ERROR") break;
    if (clock.now() - begin > PREPARE_MILLISECONDS) {
      throw new PreparationTimedOut(
        `"${name}" is still ${file.status} after ${PREPARE_MILLISECONDS / 60_000} minutes`,
      );
    }
    await clock.sleep(POLL_MILLISECONDS, signal);
    await client.keepDownloadSessionAlive(sessionId);
    file = await client.getSessionFile(sessionId, name);
  }
  if (file.downloadEndpoint === undefined) {
    const reason = file.errorMessage?.defaultMessage ?? "vCenter gives no reason";
    throw new PreparationFailed(`"${name}" became ${file.status} and has no endpoint: ${reason}`);
  }
  const seconds = (clock.now() - begin) / 1000;
  yield ok("preparation", `${statuses.join(", ")} after ${seconds.toFixed(1)} s`, {
    statuses: statuses.join(","),
    seconds,
    ...describeEndpoint(file.downloadEndpoint),
  });
  return client.downloadTarget(file.downloadEndpoint);
}

function describeEndpoint({ uri, sslCertificate, sslCertificateThumbprint }: TransferEndpoint) {
  const digits = sslCertificateThumbprint?.replace(/[^0-9a-f]/gi, "").length ?? 0;
  return {
    endpointScheme: URL.parse(uri)?.protocol ?? "unknown",
    endpointCertificate: sslCertificate !== undefined,
    endpointThumbprint:
      digits === 40 ? "SHA-1" : digits === 64 ? "SHA-256" : digits === 0 ? "none" : "unknown",
  };
}
