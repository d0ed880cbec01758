import type { IncomingMessage } from "node:http";
import { S3Error } from "./errors.ts";

/** A request with path-style addressing, taken apart but not yet judged. */
export interface S3Request {
  method: string;
  /** Undefined for `GET /` (ListBuckets). */
  bucket: string | undefined;
  key: string | undefined;
  query: Record<string, string>;
  /** Names in lower case; values as Node reads them: one character for each byte. */
  headers: Record<string, string>;
  /** Bytes as they arrive. */
  body: AsyncIterable<Buffer>;
}

/** @throws S3Error InvalidURI, KeyTooLongError */
export function parseRequest(incoming: IncomingMessage): S3Request {
  const url = incoming.url ?? "/";
  const [path = "", search = ""] = splitOnce(url, "?");
  // Not `new URL`, which would resolve the `..` that a key may hold.
  const [bucket = "", key = ""] = splitOnce(path.slice(1), "/");
  const decodedKey = decode(key);
  assertKeyLength(decodedKey);
  return {
    method: incoming.method ?? "GET",
    bucket: decode(bucket) || undefined,
    key: decodedKey || undefined,
    query: Object.fromEntries(new URLSearchParams(search)),
    headers: flatten(incoming),
    // An iteration that ends early must not destroy the connection, on which the error has to be told.
    body: incoming.iterator({ destroyOnReturn: false }),
  };
}

export interface CopySource {
  bucket: string;
  key: string;
  versionId: string | undefined;
}

/**
 * `x-amz-copy-source`: `bucket/key` or `/bucket/key`, URL-encoded, with an optional `?versionId=`.
 * @throws S3Error InvalidArgument
 */
export function parseCopySource(header: string): CopySource {
  const [path = "", search = ""] = splitOnce(header, "?");
  const [bucket = "", key = ""] = splitOnce(decode(path).replace(/^\//, ""), "/");
  if (!bucket || !key)
    throw new S3Error("InvalidArgument", "Copy Source must mention the source bucket and key");
  return { bucket, key, versionId: new URLSearchParams(search).get("versionId") ?? undefined };
}

export function assertKeyLength(key: string): void {
  if (Buffer.byteLength(key) > 1024) throw new S3Error("KeyTooLongError");
}

/** A whole number from a query parameter. @throws S3Error InvalidArgument naming the parameter */
export function queryInteger(request: S3Request, name: string, fallback: number): number {
  const text = request.query[name];
  if (text === undefined) return fallback;
  if (!/^\d{1,9}$/.test(text))
    throw new S3Error("InvalidArgument", `Provided ${name} not an integer or within integer range`);
  return Number(text);
}

export function unquote(etag: string): string {
  return etag.trim().replace(/^"(.*)"$/, "$1");
}

function splitOnce(text: string, separator: string): [string, string] {
  const index = text.indexOf(separator);
  return index < 0 ? [text, ""] : [text.slice(0, index), text.slice(index + separator.length)];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new S3Error("InvalidURI");
  }
}

function flatten(incoming: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(",") : value;
  }
  return headers;
}
