import type { Manifest, ManifestFile } from "../../functions/catalog/manifest.ts";
import type { StoredItem } from "../../functions/sync/model.ts";
import type { ItemFile, LibraryItem } from "../../functions/vsphere/model.ts";

/** An item as vCenter tells of it. */
export function libraryItem(overrides: Partial<LibraryItem> = {}): LibraryItem {
  return {
    id: "item-1",
    libraryId: "library-1",
    name: "ubuntu",
    type: "other",
    contentVersion: "3",
    size: 100,
    cached: true,
    ...overrides,
  };
}

export function itemFile(overrides: Partial<ItemFile> = {}): ItemFile {
  return { name: "image.bin", size: 100, cached: true, version: "7", ...overrides };
}

/** What the bucket holds of that item: one file, exported at the versions above. */
export function storedItem(
  overrides: {
    folder?: string;
    manifest?: Partial<Manifest>;
    file?: Partial<ManifestFile>;
    intact?: string[];
  } = {},
): StoredItem {
  const folder = overrides.folder ?? "mirror/Golden/ubuntu/";
  const file: ManifestFile = {
    name: "image.bin",
    key: `${folder}image.bin`,
    versionId: null,
    etag: '"etag-1"',
    size: 100,
    checksum: { algorithm: "SHA256", value: "ab12", source: "session" },
    fileVersion: "7",
    contentVersion: "3",
    recordedAt: "2026-01-01T00:00:00.000Z",
    ...overrides.file,
  };
  const manifest: Manifest = {
    format: "library-export/1",
    vcenter: "lab",
    libraryItemId: "item-1",
    library: { id: "library-1", name: "Golden" },
    item: { name: "ubuntu", type: "other" },
    contentVersion: "3",
    updatedAt: "2026-01-01T00:00:00.000Z",
    files: [file],
    ...overrides.manifest,
  };
  return { folder, manifest, intact: overrides.intact ?? manifest.files.map(({ name }) => name) };
}
