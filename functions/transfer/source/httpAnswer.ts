import { SourceRefused } from "../../errors.ts";
import { type ContentRange, parseContentRange } from "./contentRange.ts";
import type { ByteRange, SourceStream } from "./source.ts";

/** What an answer says of the file and of the bytes that follow. */
export type FileFacts = Pick<SourceStream, "start" | "total" | "etag" | "ranged">;

type Headers = Record<string, string | string[] | undefined>;

/**
 * Reads the head of an answer to a GET with a Range (RFC 9110, 14).
 * @param headers by lower-case name
 * @throws SourceRefused when the answer is neither the file nor the range asked for
 */
export function readAnswer(
  { statusCode, headers }: { statusCode: number; headers: Headers },
  fileName: string,
  range: ByteRange,
): FileFacts {
  const encoding = headers["content-encoding"];
  if (encoding !== undefined && encoding !== "identity") {
    throw new SourceRefused(
      `The endpoint of "${fileName}" encodes the file (${encoding}) although asked not to`,
    );
  }
  const etag = typeof headers.etag === "string" && !headers.etag.startsWith("W/") ? headers.etag : undefined;
  if (statusCode === 200) {
    return { start: 0, total: contentLength(headers["content-length"]), etag, ranged: false };
  }
  const contentRange = parseContentRange(headers["content-range"]);
  if (statusCode === 206 && contentRange && answers(contentRange, range)) {
    return { start: range.start, total: contentRange.total, etag, ranged: true };
  }
  // An empty file cannot satisfy `bytes=0-`.
  if (statusCode === 416 && range.start === 0 && contentRange?.total === 0) {
    return { start: 0, total: 0, etag, ranged: true };
  }
  const asked = `bytes from ${range.start} on`;
  throw new SourceRefused(
    `The endpoint of "${fileName}" answered HTTP ${statusCode} when asked for ${asked}`,
  );
}

function answers(contentRange: ContentRange, range: ByteRange): boolean {
  if (contentRange.start !== range.start) return false;
  const end = Math.min(range.end ?? Number.POSITIVE_INFINITY, contentRange.total ?? Number.POSITIVE_INFINITY);
  return end === Number.POSITIVE_INFINITY || contentRange.end === end;
}

/** Bytes of a body by its header; undefined where the header is missing or no number. */
export function contentLength(header: string | string[] | undefined): number | undefined {
  return typeof header === "string" && /^\d{1,15}$/.test(header) ? Number(header) : undefined;
}
