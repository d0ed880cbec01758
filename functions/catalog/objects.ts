import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { isNotFound, toDestinationError } from "../transfer/s3/s3Errors.ts";
import { bucketFields, type CatalogBucket } from "./bucket.ts";

/** What is known of an object without reading it. */
export interface StoredObject {
  /** Quoted, as S3 gives and takes it. */
  etag: string;
  /** Bytes. */
  size: number;
  versionId: string | null;
  /** User metadata, as S3 returns it. */
  metadata: Record<string, string>;
}

/** @throws DestinationDenied, DestinationUnavailable, DestinationRefused */
export async function headObject(catalog: CatalogBucket, key: string): Promise<StoredObject | undefined> {
  try {
    const head = await catalog.s3.send(new HeadObjectCommand({ ...bucketFields(catalog), Key: key }));
    return {
      etag: head.ETag ?? "",
      size: head.ContentLength ?? 0,
      versionId: head.VersionId ?? null,
      metadata: head.Metadata ?? {},
    };
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw toDestinationError(error, { bucket: catalog.bucket, key });
  }
}

/** The text of a small object with its ETag and user metadata; undefined when there is none. */
export async function getText(
  catalog: CatalogBucket,
  key: string,
): Promise<{ text: string; etag: string; metadata: Record<string, string> } | undefined> {
  try {
    const answer = await catalog.s3.send(new GetObjectCommand({ ...bucketFields(catalog), Key: key }));
    const text = (await answer.Body?.transformToString("utf8")) ?? "";
    return { text, etag: answer.ETag ?? "", metadata: answer.Metadata ?? {} };
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw toDestinationError(error, { bucket: catalog.bucket, key });
  }
}

/** Writes a small JSON object; the rest as of `putText`. */
export async function putJson(
  catalog: CatalogBucket,
  key: string,
  value: unknown,
  replaces: string | null,
): Promise<string> {
  return await putText(catalog, key, `${JSON.stringify(value, undefined, 2)}\n`, replaces);
}

/**
 * Writes JSON that is text already.
 * @param replaces ETag of the object that may be replaced, null: there must be none, `*`: whatever is there
 * @returns the new object's ETag
 * @throws DestinationChanged when another writer was faster
 */
export async function putText(
  catalog: CatalogBucket,
  key: string,
  text: string,
  replaces: string | null,
  metadata?: Record<string, string>,
): Promise<string> {
  const condition = replaces === null ? { IfNoneMatch: "*" } : replaces === "*" ? {} : { IfMatch: replaces };
  try {
    const { ETag } = await catalog.s3.send(
      new PutObjectCommand({
        ...bucketFields(catalog),
        ...condition,
        Key: key,
        Body: text,
        ContentType: "application/json",
        ...(metadata && { Metadata: metadata }),
        // A bucket with Object Lock takes no object without one.
        ChecksumAlgorithm: "CRC32",
      }),
    );
    return ETag ?? "";
  } catch (error) {
    throw toDestinationError(error, { bucket: catalog.bucket, key });
  }
}

/** Removes an object; one that is not there counts as removed. */
export async function deleteObject(catalog: CatalogBucket, key: string): Promise<void> {
  try {
    await catalog.s3.send(new DeleteObjectCommand({ ...bucketFields(catalog), Key: key }));
  } catch (error) {
    if (isNotFound(error)) return;
    throw toDestinationError(error, { bucket: catalog.bucket, key });
  }
}

/** Every key that begins with `folder`. */
export async function listKeys(catalog: CatalogBucket, folder: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of listObjects(catalog, folder)) keys.push(key);
  return keys;
}

/** Every object whose key begins with `folder`, in the order of the keys' bytes. */
export async function* listObjects(
  catalog: CatalogBucket,
  folder: string,
): AsyncGenerator<{ key: string; etag: string }> {
  let continuation: string | undefined;
  do {
    const page = await listPage(catalog, folder, continuation);
    for (const { Key, ETag } of page.Contents ?? []) {
      if (Key !== undefined) yield { key: Key, etag: ETag ?? "" };
    }
    continuation = page.IsTruncated === true ? page.NextContinuationToken : undefined;
  } while (continuation !== undefined);
}

async function listPage(catalog: CatalogBucket, folder: string, continuation: string | undefined) {
  try {
    return await catalog.s3.send(
      new ListObjectsV2Command({
        ...bucketFields(catalog),
        Prefix: folder,
        ContinuationToken: continuation,
      }),
    );
  } catch (error) {
    throw toDestinationError(error, { bucket: catalog.bucket, key: folder });
  }
}
