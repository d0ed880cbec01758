import { type Manifest, type ManifestFile, mergeManifest, updateManifest } from "../catalog/manifest.ts";
import { headObject } from "../catalog/objects.ts";
import { inParallel } from "../inParallel.ts";
import type { Services } from "../services.ts";
import type { FilePlan, FileResult, ItemPlan, ObjectLocation } from "../workflow.ts";
import { catalogOf } from "./run.ts";

const HEADS_AT_ONCE = 8;

/**
 * Writes into the item's manifest what is true now: the files that this execution exported or found unchanged, as
 * they are at their keys. What it says of other files stays.
 * @returns where the manifest is; null when there was nothing to record
 * @throws DestinationTaken, ManifestUnreadable, DestinationChanged, and the other errors of the destination
 */
export async function recordFiles(
  item: ItemPlan,
  plans: FilePlan[],
  results: FileResult[],
  services: Services,
): Promise<ObjectLocation | null> {
  const catalog = catalogOf(item, services);
  const now = new Date(services.clock.now()).toISOString();

  async function entry(result: FileResult): Promise<ManifestFile | undefined> {
    const plan = plans.find(({ index }) => index === result.index);
    if (plan === undefined || (result.status !== "EXPORTED" && result.status !== "UNCHANGED"))
      return undefined;
    const object = await headObject(catalog, result.key);
    const replaced =
      object === undefined ||
      object.size !== result.size ||
      (result.versionId !== null && object.versionId !== result.versionId);
    if (replaced) {
      services.log.warn("An exported object was replaced or removed before it could be recorded", {
        key: result.key,
      });
      return undefined;
    }
    return {
      name: result.name,
      key: result.key,
      versionId: object.versionId,
      etag: object.etag,
      size: object.size,
      checksum: result.checksum,
      fileVersion: plan.fileVersion,
      contentVersion: item.contentVersion,
      recordedAt: now,
    };
  }

  const files = (await inParallel(HEADS_AT_ONCE, results, entry)).filter((file) => file !== undefined);
  if (files.length === 0) return null;
  const current: Manifest = {
    format: "library-export/1",
    vcenter: item.vcenter,
    libraryItemId: item.libraryItemId,
    library: { id: item.libraryId, name: item.libraryName },
    item: { name: item.itemName, type: item.itemType },
    contentVersion: item.contentVersion,
    updatedAt: now,
    files,
  };
  await updateManifest(catalog, item.manifestKey, item, (earlier) => mergeManifest(earlier, current));
  return { bucket: item.bucket, key: item.manifestKey };
}
