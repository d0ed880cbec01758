/** The head of a plain answer: 200 or 206 over HTTP/1.1, with the length of its body, and nothing unusual about it. */
export interface PlainHead {
  statusCode: 200 | 206;
  /** By lower-case name; each occurs once. */
  headers: Record<string, string>;
  /** Bytes of the head, blank line included: the body begins there. */
  headBytes: number;
  /** Bytes of the body. */
  bodyBytes: number;
  /** True when the connection may serve another request after the body. */
  keepAlive: boolean;
}

const LONGEST_HEAD_BYTES = 16 * 1024;
const STATUS_LINE = /^HTTP\/1\.1 (200|206) [\t\x20-\x7e\x80-\xff]*$/;
const HEADER_LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[\t ]*([\t\x20-\x7e\x80-\xff]*?)[\t ]*$/;
/** With these in it, an answer is not simply a number of bytes. */
const IRREGULAR = ["transfer-encoding", "content-encoding", "trailer", "upgrade"];

/**
 * Reads an answer's head as strictly as RFC 9112 allows a sender to write it. Whatever is not plain is "irregular",
 * for a full HTTP client to judge; undefined asks for more bytes.
 */
export function parsePlainHead(bytes: Buffer): PlainHead | "irregular" | undefined {
  if (!couldBePlain(bytes)) return "irregular";
  const end = bytes.indexOf("\r\n\r\n");
  if (end === -1) return bytes.length > LONGEST_HEAD_BYTES ? "irregular" : undefined;
  const [statusLine = "", ...headerLines] = bytes.toString("latin1", 0, end).split("\r\n");
  const status = STATUS_LINE.exec(statusLine)?.[1];
  const headers = parseHeaders(headerLines);
  const bodyBytes = contentLength(headers?.["content-length"]);
  const connection = headers?.connection?.toLowerCase() ?? "keep-alive";
  if (status === undefined || headers === undefined || bodyBytes === undefined) return "irregular";
  if (connection !== "keep-alive" && connection !== "close") return "irregular";
  return {
    statusCode: status === "200" ? 200 : 206,
    headers,
    headBytes: end + 4,
    bodyBytes,
    keepAlive: connection === "keep-alive",
  };
}

function couldBePlain(bytes: Buffer): boolean {
  const begin = bytes.toString("latin1", 0, 12);
  return "HTTP/1.1 200".startsWith(begin) || "HTTP/1.1 206".startsWith(begin);
}

/** Undefined when a line is not a header, a header comes twice, or one makes the answer irregular. */
function parseHeaders(lines: string[]): Record<string, string> | undefined {
  const headers: Record<string, string> = Object.create(null);
  for (const line of lines) {
    const [, name, value] = HEADER_LINE.exec(line) ?? [];
    if (name === undefined || value === undefined) return undefined;
    const key = name.toLowerCase();
    // Cookies may come several times, and mean nothing here.
    if (key === "set-cookie") continue;
    if (key in headers || IRREGULAR.includes(key)) return undefined;
    headers[key] = value;
  }
  return headers;
}

/** Bytes of a body by its header; undefined where the header is missing or no number. */
export function contentLength(header: string | string[] | undefined): number | undefined {
  return typeof header === "string" && /^\d{1,15}$/.test(header) ? Number(header) : undefined;
}
