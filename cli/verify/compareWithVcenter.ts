import type { Manifest, ManifestFile } from "../../functions/catalog/manifest.ts";
import type { StoredObject } from "../../functions/catalog/objects.ts";
import { decide } from "../../functions/catalog/unchanged.ts";
import { ExportError, NotFound } from "../../functions/errors.ts";
import type { ItemFile, VcenterClient } from "../../functions/vsphere/model.ts";

/** What does not fit between an item's objects and what vCenter has of it now. */
export interface VcenterDifference {
  /** Name of the file; null: of the whole item. */
  name: string | null;
  /**
   * GONE: vCenter has it no more. OUTDATED: vCenter has another version. NOT_EXPORTED: vCenter has a file that the
   * manifest does not know.
   */
  kind: "GONE" | "OUTDATED" | "NOT_EXPORTED";
  message: string;
}

/**
 * Compares an item's objects with vCenter by the rule that an export has for what is unchanged. Nothing is
 * downloaded.
 * @param objects by name of the file
 */
export async function compareWithVcenter(
  client: VcenterClient,
  manifest: Manifest,
  objects: ReadonlyMap<string, StoredObject>,
): Promise<VcenterDifference[]> {
  const { libraryItemId, vcenter } = manifest;
  const item = await readItem(client, libraryItemId);
  if (item === undefined) {
    const message = `vCenter has no item ${libraryItemId}, which was exported from "${vcenter}"`;
    return [{ name: null, kind: "GONE", message }];
  }
  const names = new Set(item.files.map(({ name }) => name));
  const gone = manifest.files
    .filter(({ name }) => !names.has(name))
    .map(({ name }) => ({
      name,
      kind: "GONE" as const,
      message: "vCenter's item has no such file any more",
    }));
  const recorded = new Map(manifest.files.map((file) => [file.name, file]));
  const others = item.files.flatMap((file) =>
    compareFile(manifest, item.contentVersion, file, recorded.get(file.name), objects.get(file.name)),
  );
  return [...gone, ...others];
}

function compareFile(
  { vcenter, libraryItemId }: Manifest,
  contentVersion: string,
  file: ItemFile,
  recorded: ManifestFile | undefined,
  existing: StoredObject | undefined,
): VcenterDifference[] {
  const { name } = file;
  if (recorded === undefined) {
    return [{ name, kind: "NOT_EXPORTED", message: "it is in vCenter's item, and not in the manifest" }];
  }
  // That there is no object has been told by the comparison with the manifest.
  if (existing === undefined) return [];
  const provenance = { vcenter, libraryItemId, sourceFile: name, contentVersion };
  const comparison = { provenance, file, url: recorded.key, existing, recorded };
  try {
    if (decide({ ...comparison, overwrite: "if-changed" }).action === "UNCHANGED") return [];
  } catch (error) {
    // Metadata of another file, which has been told as well.
    if (error instanceof ExportError) return [];
    throw error;
  }
  const message = `vCenter has content version ${contentVersion}, and ${recorded.contentVersion} was exported`;
  return [{ name, kind: "OUTDATED", message }];
}

async function readItem(client: VcenterClient, id: string) {
  try {
    const { contentVersion } = await client.getItem(id);
    return { contentVersion, files: await client.listItemFiles(id) };
  } catch (error) {
    if (error instanceof NotFound) return undefined;
    throw error;
  }
}
