import { SourceRefused } from "../../errors.ts";
import { contentLength } from "../http/responseHead.ts";
import { type ContentRange, parseContentRange } from "./contentRange.ts";
import type { ByteRange, SourceStream } from "./source.ts";

/** The endpoint refuses for now: it, or what stands before it, has too much to do or is being restarted. */
export class EndpointBusy extends SourceRefused {}

const BUSY = [429, 502, 503, 504];

/** What an answer says of the file and of the bytes that follow. */
export type FileFacts = Pick<SourceStream, "start" | "total" | "etag" | "ranged">;

type Headers = Record<string, string | string[] | undefined>;

/**
 * Reads the head of an answer to a GET with a Range (RFC 9110, 14).
 * @param headers by lower-case name
 * @throws SourceRefused when the answer is neither the file nor the range asked for; EndpointBusy when it may be later
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
    requireLength(headers["content-length"], contentRange, fileName);
    return { start: range.start, total: contentRange.total, etag, ranged: true };
  }
  // An empty file cannot satisfy `bytes=0-`.
  if (statusCode === 416 && range.start === 0 && contentRange?.total === 0) {
    return { start: 0, total: 0, etag, ranged: true };
  }
  const Refusal = BUSY.includes(statusCode) ? EndpointBusy : SourceRefused;
  const asked = `bytes from ${range.start} on`;
  throw new Refusal(`The endpoint of "${fileName}" answered HTTP ${statusCode} when asked for ${asked}`);
}

/** One of two lengths that differ would end the file too early, or never. */
function requireLength(
  header: string | string[] | undefined,
  { start, end }: ContentRange,
  fileName: string,
): void {
  const length = contentLength(header);
  if (length === undefined || length === end - start) return;
  throw new SourceRefused(
    `The endpoint of "${fileName}" contradicts itself: its Content-Length is ${length}, its Content-Range ${end - start} bytes`,
  );
}

function answers(contentRange: ContentRange, range: ByteRange): boolean {
  if (contentRange.start !== range.start) return false;
  const end = Math.min(range.end ?? Number.POSITIVE_INFINITY, contentRange.total ?? Number.POSITIVE_INFINITY);
  return end === Number.POSITIVE_INFINITY || contentRange.end === end;
}
