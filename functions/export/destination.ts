import { normalizePrefix } from "../catalog/keys.ts";
import type { ExportSettings, VcenterProfile } from "../config.ts";
import { DestinationNotAllowed, InvalidInput } from "../errors.ts";
import type { ExportRequest } from "../input.ts";

/**
 * The bucket and prefix that an export goes to.
 * @throws InvalidInput when neither the input nor the settings name a bucket, or the prefix is not valid
 * @throws DestinationNotAllowed when the bucket is not on the profile's list, or else the deployment's
 */
export function chooseDestination(
  request: Pick<ExportRequest, "destination">,
  profile: VcenterProfile,
  settings: ExportSettings,
): { bucket: string; prefix: string } {
  const bucket = request.destination.bucket ?? settings.defaultBucket;
  if (bucket === undefined)
    throw new InvalidInput("destination.bucket: there is no default bucket, name one");
  const allowed = profile.destinationBuckets ?? [...settings.allowedBuckets, settings.defaultBucket];
  if (!allowed.includes(bucket)) {
    throw new DestinationNotAllowed(
      `The bucket "${bucket}" is not on the list of buckets that exports from vCenter "${profile.name}" may go to`,
    );
  }
  const prefix = request.destination.prefix ?? settings.defaultPrefix;
  return { bucket, prefix: normalizePrefix(prefix, "destination.prefix") };
}
