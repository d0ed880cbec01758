import * as z from "zod";
import { S3Error } from "./errors.ts";

/** What a client sets when it creates an object, and S3 gives back with it. */
export const attributesSchema = z.object({
  /** `content-type`, `cache-control` and the like. */
  contentHeaders: z.record(z.string(), z.string()),
  /** User metadata without the `x-amz-meta-` prefix; one character for each byte received. */
  metadata: z.record(z.string(), z.string()),
  storageClass: z.string(),
  /** The `x-amz-server-side-encryption*` headers. */
  encryption: z.record(z.string(), z.string()),
  tags: z.array(z.tuple([z.string(), z.string()])),
});

export type ObjectAttributes = z.infer<typeof attributesSchema>;

/** @throws S3Error MetadataTooLarge, InvalidStorageClass, InvalidTag, InvalidArgument, NotImplemented */
export function parseAttributes(headers: Record<string, string>): ObjectAttributes {
  assertImplemented(headers);
  return {
    contentHeaders: parseContentHeaders(headers),
    metadata: parseMetadata(headers),
    storageClass: parseStorageClass(headers["x-amz-storage-class"]),
    encryption: parseEncryption(headers),
    tags: parseTags(headers["x-amz-tagging"]),
  };
}

/** The headers of HeadObject and GetObject that give the attributes back. */
export function attributeHeaders(attributes: ObjectAttributes): Record<string, string> {
  const headers: Record<string, string> = { ...attributes.contentHeaders, ...attributes.encryption };
  for (const [name, value] of Object.entries(attributes.metadata)) {
    headers[`x-amz-meta-${name}`] = encodeMetadataValue(value);
  }
  // S3 names every class but this one.
  if (attributes.storageClass !== "STANDARD") headers["x-amz-storage-class"] = attributes.storageClass;
  if (attributes.tags.length > 0) headers["x-amz-tagging-count"] = String(attributes.tags.length);
  return headers;
}

/** Archived bytes cannot be read or copied before they are restored, which this double does not do. */
export function isArchived(storageClass: string): boolean {
  return storageClass === "GLACIER" || storageClass === "DEEP_ARCHIVE";
}

const CONTENT_HEADERS = ["cache-control", "content-disposition", "content-language", "expires"];

function parseContentHeaders(headers: Record<string, string>): Record<string, string> {
  const kept: Record<string, string> = { "content-type": headers["content-type"] ?? "binary/octet-stream" };
  for (const name of CONTENT_HEADERS) {
    const value = headers[name];
    if (value !== undefined) kept[name] = value;
  }
  const encoding = (headers["content-encoding"] ?? "")
    .split(",")
    .map((coding) => coding.trim())
    .filter((coding) => coding !== "" && coding !== "aws-chunked") // that one is of the transport
    .join(",");
  if (encoding) kept["content-encoding"] = encoding;
  return kept;
}

const METADATA_PREFIX = "x-amz-meta-";
const MAX_METADATA_BYTES = 2048;

function parseMetadata(headers: Record<string, string>): Record<string, string> {
  const metadata: Record<string, string> = {};
  let bytes = 0;
  for (const [header, value] of Object.entries(headers)) {
    if (!header.startsWith(METADATA_PREFIX)) continue;
    const name = header.slice(METADATA_PREFIX.length);
    metadata[name] = value;
    bytes += Buffer.byteLength(name) + Buffer.byteLength(value);
  }
  if (bytes > MAX_METADATA_BYTES) throw new S3Error("MetadataTooLarge");
  return metadata;
}

// S3 reads the bytes of a value as ISO-8859-1, and answers with RFC 2047 where they are not ASCII: "Working with
// object metadata" in the S3 user guide shows one.
function encodeMetadataValue(value: string): string {
  return /^[\x20-\x7e]*$/.test(value) ? value : `=?UTF-8?B?${Buffer.from(value).toString("base64")}?=`;
}

const STORAGE_CLASSES = [
  "STANDARD",
  "REDUCED_REDUNDANCY",
  "STANDARD_IA",
  "ONEZONE_IA",
  "INTELLIGENT_TIERING",
  "GLACIER",
  "DEEP_ARCHIVE",
  "GLACIER_IR",
];

function parseStorageClass(name = "STANDARD"): string {
  if (!STORAGE_CLASSES.includes(name)) throw new S3Error("InvalidStorageClass");
  return name;
}

const ENCRYPTION = "x-amz-server-side-encryption";
const KMS_KEY = "x-amz-server-side-encryption-aws-kms-key-id";
const BUCKET_KEY = "x-amz-server-side-encryption-bucket-key-enabled";

function parseEncryption(headers: Record<string, string>): Record<string, string> {
  const method = headers[ENCRYPTION] ?? "AES256";
  if (!["AES256", "aws:kms", "aws:kms:dsse"].includes(method)) {
    throw new S3Error("InvalidArgument", "The encryption method specified is not supported");
  }
  const encryption: Record<string, string> = { [ENCRYPTION]: method };
  for (const name of [KMS_KEY, BUCKET_KEY]) {
    const value = headers[name];
    if (value === undefined) continue;
    if (method === "AES256") {
      throw new S3Error(
        "InvalidArgument",
        "Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms",
      );
    }
    encryption[name] = value;
  }
  return encryption;
}

// "Categorizing your objects using tags" in the S3 user guide. Letters and numbers are those of UTF-8.
const TAG_TEXT = /^[\p{L}\p{N}\p{Z}+\-=._:/@]*$/u;

function parseTags(header: string | undefined): [string, string][] {
  if (header === undefined) return [];
  const tags = [...new URLSearchParams(header)];
  if (tags.length > 10) throw new S3Error("InvalidTag", "Object tags cannot be greater than 10");
  const names = new Set<string>();
  for (const [name, value] of tags) {
    if (name.length < 1 || name.length > 128 || !TAG_TEXT.test(name))
      throw new S3Error("InvalidTag", "The TagKey you have provided is invalid");
    if (value.length > 256 || !TAG_TEXT.test(value))
      throw new S3Error("InvalidTag", "The TagValue you have provided is invalid");
    if (names.has(name)) throw new S3Error("InvalidTag", "Cannot provide multiple Tags with the same key");
    names.add(name);
  }
  return tags;
}

const NOT_IMPLEMENTED =
  /^x-amz-(acl|grant-.*|object-lock-.*|website-redirect-location|write-offset-bytes|server-side-encryption-(customer-.*|context))$/;

// Better an error than an object that silently lacks what was asked for.
function assertImplemented(headers: Record<string, string>): void {
  const header = Object.keys(headers).find((name) => NOT_IMPLEMENTED.test(name));
  if (header) {
    throw new S3Error(
      "NotImplemented",
      `A header you provided implies functionality that is not implemented: ${header}`,
    );
  }
}
