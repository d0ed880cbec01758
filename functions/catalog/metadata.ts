import { isComputable, type RecordedChecksum } from "../checksum.ts";
import { MetadataTooLarge } from "../errors.ts";
import { decodeHeaderText, encodeHeaderText } from "./headerText.ts";

/** S3's limit for the names and values of an object's user metadata together. */
const MAX_METADATA_BYTES = 2048;

/** Which file of which item an object was exported from. */
export interface Provenance {
  /** Name of the vCenter profile. */
  vcenter: string;
  libraryItemId: string;
  contentVersion: string;
  /** Name of the file in the item. */
  sourceFile: string;
}

/**
 * The user metadata that tells where an object comes from. The transfer adds `checksum-algorithm`, `checksum`,
 * `checksum-source` and `export-id`, for which room is kept.
 * @throws MetadataTooLarge
 */
export function provenanceMetadata(provenance: Provenance, exportId: string): Record<string, string> {
  const metadata = {
    vcenter: encodeHeaderText(provenance.vcenter),
    "library-item-id": encodeHeaderText(provenance.libraryItemId),
    "content-version": encodeHeaderText(provenance.contentVersion),
    "source-file": encodeHeaderText(provenance.sourceFile),
  };
  const added = {
    "checksum-algorithm": "SHA512",
    checksum: "0".repeat(128),
    "checksum-source": "computed",
    "export-id": exportId,
  };
  const bytes = Object.entries({ ...metadata, ...added }).reduce(
    (sum, [name, value]) => sum + name.length + value.length,
    0,
  );
  if (bytes > MAX_METADATA_BYTES) {
    throw new MetadataTooLarge(
      `The metadata for the file ${JSON.stringify(provenance.sourceFile)} would have ${bytes} bytes, and S3 allows ` +
        `${MAX_METADATA_BYTES}: the file's name is too long to be recorded`,
    );
  }
  return metadata;
}

/** What an object's user metadata says of its origin; undefined for an object that this program did not write. */
export function readProvenance(metadata: Record<string, string> | undefined): Provenance | undefined {
  const vcenter = metadata?.vcenter;
  const libraryItemId = metadata?.["library-item-id"];
  const sourceFile = metadata?.["source-file"];
  if (vcenter === undefined || libraryItemId === undefined || sourceFile === undefined) return undefined;
  return {
    vcenter: decodeHeaderText(vcenter),
    libraryItemId: decodeHeaderText(libraryItemId),
    sourceFile: decodeHeaderText(sourceFile),
    contentVersion: decodeHeaderText(metadata?.["content-version"] ?? ""),
  };
}

/** The checksum recorded with an object; undefined where there is none that can be compared. */
export function readChecksum(metadata: Record<string, string> | undefined): RecordedChecksum | undefined {
  const algorithm = metadata?.["checksum-algorithm"] ?? "";
  const value = metadata?.checksum ?? "";
  const source = metadata?.["checksum-source"];
  if (!isComputable(algorithm) || !/^[0-9a-f]+$/.test(value)) return undefined;
  if (source !== "session" && source !== "item" && source !== "computed") return undefined;
  return { algorithm, value, source };
}
