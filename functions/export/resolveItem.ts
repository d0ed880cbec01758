import { type CatalogBucket, checkBucket, locksNewObjects } from "../catalog/bucket.ts";
import { fileKey, manifestKey, objectUrl } from "../catalog/keys.ts";
import { type ManifestFile, readManifest } from "../catalog/manifest.ts";
import { provenanceMetadata, readChecksum } from "../catalog/metadata.ts";
import { headObject, type StoredObject } from "../catalog/objects.ts";
import { decide } from "../catalog/unchanged.ts";
import { isComputable } from "../checksum.ts";
import {
  DestinationTaken,
  KeyTooLong,
  MetadataTooLarge,
  ObjectExists,
  StagingNotPossible,
} from "../errors.ts";
import { inParallel } from "../inParallel.ts";
import { parseInput } from "../input.ts";
import type { Services } from "../services.ts";
import type { ItemFile } from "../vsphere/model.ts";
import type { FilePlan, ItemPlan, ResolvedItem } from "../workflow.ts";
import { chooseDestination } from "./destination.ts";
import { describeError } from "./failure.ts";
import { exportIdOf, provenanceOf } from "./fileObject.ts";
import { findItem } from "./findItem.ts";
import { logInFresh } from "./logInFresh.ts";
import { checkSize } from "./payload.ts";
import { catalogOf } from "./run.ts";
import { selectFiles } from "./selectFiles.ts";

/**
 * Finds the item and decides for each of its files what is to be done. What is wrong with the destination is said
 * before vCenter is asked. A file that may not be exported is refused by itself, so that its siblings go on.
 * @throws the errors of errors.ts under "Input and destination" and "What is asked of vCenter", and vCenter's
 */
export async function resolveItem(run: string, input: unknown, services: Services): Promise<ResolvedItem> {
  const request = parseInput(input);
  const profile = await services.profile(request.vcenter);
  const destination = chooseDestination(request, profile, services.settings);
  const catalog = catalogOf(destination, services);
  await checkBucket(catalog);

  const client = await logInFresh(profile, services);
  try {
    const { library, item } = await findItem(client, request);
    const files = selectFiles(item, await client.listItemFiles(item.id), request);
    const readers = Math.min(profile.readers, profile.maxTransfers);
    const plan: ItemPlan = {
      vcenter: request.vcenter,
      run,
      libraryId: library.id,
      libraryName: library.name,
      libraryItemId: item.id,
      itemName: item.name,
      itemType: item.type,
      contentVersion: item.contentVersion,
      ...destination,
      manifestKey: manifestKey(destination.prefix, library.name, item.name),
      overwrite: request.overwrite,
      requireChecksum: request.requireChecksum,
      readers,
      containerRoute: services.settings.containerRoute ?? false,
      dryRun: request.dryRun,
    };
    const resolved = {
      item: plan,
      files: await planFiles(plan, files, catalog, services),
      maxConcurrency: Math.max(
        1,
        Math.min(request.maxConcurrency, Math.floor(profile.maxTransfers / readers)),
      ),
    };
    checkSize(resolved);
    return resolved;
  } finally {
    await client.logOut();
  }
}

const HEADS_AT_ONCE = 8;

async function planFiles(item: ItemPlan, files: ItemFile[], catalog: CatalogBucket, services: Services) {
  const found = await readManifest(catalog, item.manifestKey, item);
  const recorded = new Map(found?.manifest.files.map((file) => [file.name, file]));
  const canStage = services.settings.stagingBucket !== undefined || !(await locksNewObjects(catalog));
  return inParallel(HEADS_AT_ONCE, files, (file, index) =>
    planFile(item, file, index, recorded.get(file.name), catalog, canStage),
  );
}

async function planFile(
  item: ItemPlan,
  file: ItemFile,
  index: number,
  recorded: ManifestFile | undefined,
  catalog: CatalogBucket,
  canStage: boolean,
): Promise<FilePlan> {
  const plan: FilePlan = {
    index,
    name: file.name,
    key: "",
    action: "EXPORT",
    error: null,
    sizeHint: file.size,
    fileVersion: file.version,
    checksum: file.checksum ?? null,
    replacesETag: null,
    unchanged: null,
  };
  try {
    plan.key = fileKey(item.prefix, item.libraryName, item.itemName, file.name);
    const provenance = provenanceOf(item, plan);
    provenanceMetadata(provenance, exportIdOf(item, plan));
    const existing = await headObject(catalog, plan.key);
    const url = objectUrl({ bucket: item.bucket, key: plan.key });
    const decision = decide({ provenance, file, url, overwrite: item.overwrite, existing, recorded });
    if (decision.action === "UNCHANGED" && existing !== undefined) {
      return {
        ...plan,
        action: "UNCHANGED",
        replacesETag: existing.etag,
        unchanged: unchangedResult(item, plan, existing),
      };
    }
    if (!canStage && !(file.checksum && isComputable(file.checksum.algorithm))) throw cannotStage(item, file);
    return decision.action === "EXPORT" ? { ...plan, replacesETag: decision.replacesETag } : plan;
  } catch (error) {
    if (!isAboutOneFile(error)) throw error;
    return { ...plan, action: "REFUSE", error: describeError(error) };
  }
}

function isAboutOneFile(error: unknown): error is Error {
  return [ObjectExists, DestinationTaken, KeyTooLong, MetadataTooLarge, StagingNotPossible].some(
    (known) => error instanceof known,
  );
}

function cannotStage(item: ItemPlan, file: ItemFile): StagingNotPossible {
  return new StagingNotPossible(
    `vCenter does not know the checksum of "${file.name}" before the download, and staging objects in ` +
      `bucket "${item.bucket}" would be locked by its default retention: configure a staging bucket`,
  );
}

function unchangedResult(item: ItemPlan, plan: FilePlan, existing: StoredObject): FilePlan["unchanged"] {
  return {
    index: plan.index,
    name: plan.name,
    status: "UNCHANGED",
    bucket: item.bucket,
    key: plan.key,
    versionId: existing.versionId,
    size: existing.size,
    checksum: readChecksum(existing.metadata) ?? null,
    bytesPerSecond: null,
    error: null,
  };
}
