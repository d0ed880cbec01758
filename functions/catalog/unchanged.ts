import type { Checksum } from "../checksum.ts";
import { DestinationTaken, ObjectExists } from "../errors.ts";
import type { ManifestFile } from "./manifest.ts";
import { type Provenance, readChecksum, readProvenance } from "./metadata.ts";
import type { StoredObject } from "./objects.ts";

export type Overwrite = "if-changed" | "never" | "always";

export interface Comparison {
  /** What would be recorded of the file now. */
  provenance: Provenance;
  /** What vCenter says of the file before a download. */
  file: { version: string; checksum?: Checksum };
  /** `s3://bucket/key`, for messages. */
  url: string;
  overwrite: Overwrite;
  /** What is at the key; undefined: nothing. */
  existing: StoredObject | undefined;
  /** What the item's manifest says of the file. */
  recorded: ManifestFile | undefined;
}

export type Decision =
  /** `replacesETag` as in FilePlan: null: there must be none, `*`: whatever is there. */
  { action: "EXPORT"; replacesETag: string | null } | { action: "UNCHANGED" };

/**
 * Decides what an export does with one file, from what vCenter says of it now and what is at its key.
 * @throws ObjectExists when the object may not be replaced
 * @throws DestinationTaken when the object is another item's, whatever the rule: nobody's export is lost silently
 */
export function decide(comparison: Comparison): Decision {
  const { existing, overwrite, url, provenance } = comparison;
  if (existing === undefined) return { action: "EXPORT", replacesETag: overwrite === "always" ? "*" : null };

  const origin = readProvenance(existing.metadata);
  if (origin !== undefined && !isSameFile(origin, provenance)) {
    throw new DestinationTaken(
      `${url} was exported from file ${JSON.stringify(origin.sourceFile)} of item ${origin.libraryItemId} of ` +
        `vCenter "${origin.vcenter}": choose another prefix, or remove that export first`,
    );
  }
  if (overwrite === "always") return { action: "EXPORT", replacesETag: "*" };
  if (origin === undefined) {
    throw new ObjectExists(
      `${url} exists and was not written by this program: choose another prefix, or overwrite: always`,
    );
  }
  if (isUnchanged(origin, existing, comparison)) return { action: "UNCHANGED" };
  if (overwrite === "never") {
    throw new ObjectExists(
      `${url} holds content version ${origin.contentVersion} of the file and overwrite is "never": ` +
        `choose overwrite: if-changed to replace it by version ${provenance.contentVersion}`,
    );
  }
  return { action: "EXPORT", replacesETag: existing.etag };
}

function isSameFile(origin: Provenance, provenance: Provenance): boolean {
  return (
    origin.vcenter === provenance.vcenter &&
    origin.libraryItemId === provenance.libraryItemId &&
    origin.sourceFile === provenance.sourceFile
  );
}

/**
 * Any one of three facts is enough: the item has not changed since, or the file has not (the manifest knows its
 * version, and the object is still the one it speaks of), or vCenter's checksum is the recorded one. A version that
 * the server does not tell (vcsim's) says nothing.
 */
function isUnchanged(origin: Provenance, existing: StoredObject, { provenance, file, recorded }: Comparison) {
  if (isSameVersion(origin.contentVersion, provenance.contentVersion)) return true;
  if (recorded?.etag === existing.etag && isSameVersion(recorded.fileVersion, file.version)) return true;
  return file.checksum !== undefined && sameChecksum(file.checksum, readChecksum(existing.metadata));
}

function isSameVersion(a: string, b: string): boolean {
  return a !== "" && a === b;
}

function sameChecksum(a: Checksum, b: Checksum | undefined): boolean {
  return a.algorithm === b?.algorithm && a.value.toLowerCase() === b.value;
}
