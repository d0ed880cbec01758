import type { Services } from "../services.ts";
import { fileSource } from "../transfer/source/fileSource.ts";
import { httpSource } from "../transfer/source/httpSource.ts";
import type { Source } from "../transfer/source/source.ts";
import type { TransferEndpoint, VcenterClient } from "../vsphere/model.ts";
import { findOnMounts } from "./mounts.ts";

/**
 * The way to a prepared file's bytes: over HTTP, or, where the endpoint names a place that is mounted here, from disk.
 * @throws EndpointNotSupported, EndpointNotAllowed
 */
export async function endpointSource(
  client: VcenterClient,
  endpoint: TransferEndpoint,
  fileName: string,
  { settings, timeouts }: Pick<Services, "settings" | "timeouts">,
): Promise<Source & { close(): Promise<void> }> {
  const path = await findOnMounts(endpoint.uri, settings.mounts ?? [], fileName);
  if (path !== undefined) return { ...fileSource({ path, fileName }), close: async () => {} };
  return httpSource({
    target: client.downloadTarget(endpoint),
    fileName,
    idleTimeoutMilliseconds: timeouts?.endpointSilence,
  });
}
