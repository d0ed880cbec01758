import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { GetObjectCommand, InvalidObjectState } from "@aws-sdk/client-s3";
import { type Checksum, isComputable } from "../checksum.ts";
import { DestinationDenied, DestinationRefused, ManifestUnreadable } from "../errors.ts";
import { isNotFound, toDestinationError } from "../transfer/s3/s3Errors.ts";
import { bucketFields, type CatalogBucket } from "./bucket.ts";
import { objectUrl } from "./keys.ts";
import { type Manifest, type ManifestFile, parseManifest } from "./manifest.ts";
import { readChecksum, readProvenance } from "./metadata.ts";
import { getText, headObject, listKeys, type StoredObject } from "./objects.ts";

/** What does not fit, of one file. */
export interface Difference {
  /**
   * MISSING: there is no object. REPLACED: it is not the one that the manifest speaks of. SIZE, METADATA: they are not
   * the manifest's. CONTENT: the bytes have another checksum. UNREADABLE: S3 does not give the bytes.
   */
  kind: "MISSING" | "REPLACED" | "SIZE" | "METADATA" | "CONTENT" | "UNREADABLE";
  message: string;
}

export interface FoundManifest {
  key: string;
  /** The error where it cannot be read. */
  manifest: Manifest | ManifestUnreadable;
}

/** Every manifest below a prefix, in the order of the keys. */
export async function* manifestsBelow(catalog: CatalogBucket, prefix: string): AsyncGenerator<FoundManifest> {
  for (const key of await listKeys(catalog, prefix)) {
    if (!key.endsWith("/.export.json")) continue;
    const found = await getText(catalog, key);
    if (found !== undefined) yield { key, manifest: manifestIn(found.text, objectUrl({ ...catalog, key })) };
  }
}

function manifestIn(text: string, url: string): Manifest | ManifestUnreadable {
  try {
    return parseManifest(text, url);
  } catch (error) {
    if (error instanceof ManifestUnreadable) return error;
    throw error;
  }
}

/**
 * Compares the object of a file with what the item's manifest says of it.
 * @param options.rehash reads the object, and calculates its checksum anew
 * @returns the object, where there is one, and whatever differs
 */
export async function verifyFile(
  catalog: CatalogBucket,
  manifest: Manifest,
  file: ManifestFile,
  options: { rehash: boolean; signal?: AbortSignal },
): Promise<{ object: StoredObject | undefined; differences: Difference[] }> {
  const object = await headObject(catalog, file.key);
  if (object === undefined) {
    return { object, differences: [{ kind: "MISSING", message: "there is no object at the key" }] };
  }
  const differences = [...compareSize(file, object), ...compareMetadata(manifest, file, object)];
  if (options.rehash) differences.push(...(await rehash(catalog, file, options.signal)));
  else if (object.etag !== file.etag) {
    differences.push({
      kind: "REPLACED",
      message:
        "it was written anew since it was recorded: only --rehash tells whether the bytes are the same",
    });
  }
  return { object, differences };
}

function compareSize({ size }: ManifestFile, object: StoredObject): Difference[] {
  if (object.size === size) return [];
  return [{ kind: "SIZE", message: `it has ${object.size} bytes, and ${size} were recorded` }];
}

function compareMetadata(manifest: Manifest, file: ManifestFile, { metadata }: StoredObject): Difference[] {
  const differences: Difference[] = [];
  const differs = (what: string) => differences.push({ kind: "METADATA", message: what });
  const origin = readProvenance(metadata);
  if (origin === undefined) differs("its metadata does not say which file it is");
  else if (origin.libraryItemId !== manifest.libraryItemId || origin.sourceFile !== file.name) {
    differs(
      `its metadata says that it is ${JSON.stringify(origin.sourceFile)} of item ${origin.libraryItemId}`,
    );
  }
  const recorded = readChecksum(metadata);
  if (file.checksum !== null && !sameChecksum(recorded, file.checksum)) {
    const has = recorded === undefined ? "no checksum" : `${recorded.algorithm} ${recorded.value}`;
    differs(`its metadata has ${has}, and the manifest ${file.checksum.algorithm} ${file.checksum.value}`);
  }
  return differences;
}

async function rehash(
  catalog: CatalogBucket,
  { key, checksum }: ManifestFile,
  signal?: AbortSignal,
): Promise<Difference[]> {
  if (checksum === null || !isComputable(checksum.algorithm)) {
    return [{ kind: "UNREADABLE", message: "no checksum was recorded that can be calculated here" }];
  }
  try {
    const value = await hashObject(catalog, key, checksum.algorithm, signal);
    if (value === undefined) return [{ kind: "MISSING", message: "there is no object at the key" }];
    if (value === checksum.value) return [];
    const message = `its bytes have ${checksum.algorithm} ${value}, and ${checksum.value} was recorded`;
    return [{ kind: "CONTENT", message }];
  } catch (error) {
    // The other files can be read all the same.
    if (isArchived(error))
      return [{ kind: "UNREADABLE", message: "it is archived: restore it to have it read" }];
    if (error instanceof DestinationRefused) return [{ kind: "UNREADABLE", message: error.message }];
    throw error;
  }
}

/** S3 answers with the status of a lack of permissions. */
function isArchived(error: unknown): boolean {
  return error instanceof DestinationDenied && error.cause instanceof InvalidObjectState;
}

async function hashObject(
  catalog: CatalogBucket,
  key: string,
  algorithm: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const hash = createHash(algorithm);
  try {
    const command = new GetObjectCommand({ ...bucketFields(catalog), Key: key });
    const { Body } = await catalog.s3.send(command, { ...(signal && { abortSignal: signal }) });
    if (!(Body instanceof Readable)) return undefined;
    for await (const chunk of Body) {
      signal?.throwIfAborted();
      hash.update(chunk);
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (isNotFound(error)) return undefined;
    throw toDestinationError(error, { bucket: catalog.bucket, key });
  }
  return hash.digest("hex");
}

function sameChecksum(a: Checksum | undefined, b: Checksum): boolean {
  return a?.algorithm === b.algorithm && a.value === b.value;
}
