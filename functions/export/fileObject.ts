import { encodeName, stagingKey } from "../catalog/keys.ts";
import { type Provenance, provenanceMetadata } from "../catalog/metadata.ts";
import type { ExportSettings } from "../config.ts";
import type { Destination } from "../transfer/request.ts";
import type { FilePlan, ItemPlan } from "../workflow.ts";

/** Where a file goes, and what is recorded with it. */
export function destinationOf(item: ItemPlan, file: FilePlan, settings: ExportSettings): Destination {
  const exportId = exportIdOf(item, file);
  return {
    bucket: item.bucket,
    key: file.key,
    staging: {
      bucket: settings.stagingBucket ?? item.bucket,
      key: stagingKey(item.prefix, item.run, file.index),
    },
    replacesETag: file.replacesETag,
    exportId,
    metadata: provenanceMetadata(provenanceOf(item, file), exportId),
    storageClass: settings.storageClass,
    kmsKeyId: settings.kmsKeyId,
    tags: settings.tags,
    expectedBucketOwner: settings.expectedBucketOwner,
  };
}

/**
 * Tells people which execution wrote an object. A TransferFile that is run again has the same, so that it finds
 * what an earlier try published without being able to say so.
 */
export function exportIdOf(item: Pick<ItemPlan, "run">, file: Pick<FilePlan, "index">): string {
  return `${encodeURIComponent(encodeName(item.run))}/${file.index}`;
}

export function provenanceOf(item: ItemPlan, file: Pick<FilePlan, "name">): Provenance {
  return {
    vcenter: item.vcenter,
    libraryItemId: item.libraryItemId,
    contentVersion: item.contentVersion,
    sourceFile: file.name,
  };
}
