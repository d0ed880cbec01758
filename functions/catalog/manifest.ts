import * as z from "zod";
import { describeIssues } from "../config.ts";
import { DestinationChanged, DestinationTaken, ManifestUnreadable } from "../errors.ts";
import type { CatalogBucket } from "./bucket.ts";
import { objectUrl } from "./keys.ts";
import { getText, putJson } from "./objects.ts";

const manifestFileSchema = z.object({
  /** Name of the file in the item. */
  name: z.string(),
  key: z.string(),
  versionId: z.string().nullable(),
  etag: z.string(),
  /** Bytes. */
  size: z.int().nonnegative(),
  checksum: z
    .object({
      algorithm: z.string(),
      value: z.string(),
      source: z.enum(["session", "item", "computed"]),
    })
    .nullable(),
  /** vCenter's version of the file at that time: it changes when the file is uploaded again. */
  fileVersion: z.string(),
  /** The item's content version at that time. */
  contentVersion: z.string(),
  /** When an export first recorded this object, ISO 8601. */
  recordedAt: z.string(),
  /** When a sync that marks such files found that vCenter's item has the file no more, ISO 8601. */
  deletedAtSource: z.string().optional(),
});

/**
 * `.export.json`, which stands beside an item's objects. It holds only what is true: each file listed is under
 * its key, verified, as of its `contentVersion`. Fields that a newer version of this program adds are kept out.
 */
export const manifestSchema = z.object({
  format: z.literal("library-export/1"),
  /** Name of the vCenter profile. */
  vcenter: z.string(),
  libraryItemId: z.string(),
  library: z.object({ id: z.string(), name: z.string() }),
  item: z.object({ name: z.string(), type: z.string() }),
  /** The content version that the latest export found. */
  contentVersion: z.string(),
  /** ISO 8601. */
  updatedAt: z.string(),
  /** When a sync that marks such items found that vCenter has the item no more, ISO 8601. */
  deletedAtSource: z.string().optional(),
  files: z.array(manifestFileSchema),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type ManifestFile = z.infer<typeof manifestFileSchema>;

export interface ManifestOwner {
  vcenter: string;
  libraryItemId: string;
}

/**
 * The manifest at `key` with its ETag; undefined when there is none.
 * @throws DestinationTaken when it is another item's or another vCenter's
 * @throws ManifestUnreadable when it is not a manifest of this program's
 */
export async function readManifest(
  catalog: CatalogBucket,
  key: string,
  owner: ManifestOwner,
): Promise<{ manifest: Manifest; etag: string } | undefined> {
  const found = await getText(catalog, key);
  if (found === undefined) return undefined;
  const url = objectUrl({ bucket: catalog.bucket, key });
  const manifest = parseManifest(found.text, url);
  if (manifest.vcenter !== owner.vcenter || manifest.libraryItemId !== owner.libraryItemId) {
    throw new DestinationTaken(
      `${url} belongs to item ${manifest.libraryItemId} of vCenter "${manifest.vcenter}", not to item ` +
        `${owner.libraryItemId} of "${owner.vcenter}": choose another prefix, or remove that export first`,
    );
  }
  return { manifest, etag: found.etag };
}

/**
 * Reads, merges and writes the manifest, again when another execution wrote it in between.
 * @param merge from the manifest that is there to the one that shall be; the same object writes nothing
 */
export async function updateManifest(
  catalog: CatalogBucket,
  key: string,
  owner: ManifestOwner,
  merge: (earlier: Manifest | undefined) => Manifest,
): Promise<void> {
  const attempts = 5;
  for (let attempt = 1; ; attempt++) {
    const found = await readManifest(catalog, key, owner);
    const manifest = merge(found?.manifest);
    if (manifest === found?.manifest) return;
    try {
      await putJson(catalog, key, manifest, found?.etag ?? null);
      return;
    } catch (error) {
      if (!(error instanceof DestinationChanged) || attempt === attempts) throw error;
    }
  }
}

/**
 * What earlier exports say of files that this one did not export stays, because their objects do.
 * @returns `earlier` itself when nothing in it would change
 */
export function mergeManifest(earlier: Manifest | undefined, current: Manifest): Manifest {
  const byName = new Map(earlier?.files.map((file) => [file.name, file]));
  for (const file of current.files) {
    const before = byName.get(file.name);
    const recordedAt = before?.etag === file.etag ? before.recordedAt : file.recordedAt;
    byName.set(file.name, { ...file, recordedAt });
  }
  const files = [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const merged = { ...current, files };
  return earlier !== undefined && sameContent(earlier, merged) ? earlier : merged;
}

function sameContent(a: Manifest, b: Manifest): boolean {
  return JSON.stringify({ ...a, updatedAt: "" }) === JSON.stringify({ ...b, updatedAt: "" });
}

/** @throws ManifestUnreadable */
export function parseManifest(text: string, url: string): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw unreadable(url, "it is not JSON", error);
  }
  const parsed = manifestSchema.safeParse(value);
  if (!parsed.success) throw unreadable(url, describeIssues(parsed.error), parsed.error);
  return parsed.data;
}

function unreadable(url: string, why: string, cause: unknown): ManifestUnreadable {
  return new ManifestUnreadable(
    `${url} is not a manifest that this program can read (${why}): move it away, or choose another prefix`,
    { cause },
  );
}
