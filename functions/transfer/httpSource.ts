import { Agent, type buildConnector, type Dispatcher } from "undici";
import { ExportError, SourceRefused, TransferInterrupted } from "../errors.ts";
import { type ContentRange, parseContentRange } from "./contentRange.ts";
import type { ByteRange, Source, SourceStream } from "./source.ts";

export interface HttpTarget {
  /** Requested exactly as it is. A capability: it goes into no error and no log. */
  uri: string;
  headers: Record<string, string>;
  /** Opens a connection whose certificate has been verified. */
  connect: buildConnector.connector;
}

export interface HttpSourceOptions {
  target: HttpTarget;
  /** For messages. */
  fileName: string;
  /** Longest silence of the server, before its answer and within the body. */
  idleTimeoutMilliseconds?: number;
}

const MAX_REDIRECTS = 3;

/**
 * A file behind an HTTP endpoint. Every GET carries a Range, also the first, so that its answer tells whether
 * the server can resume (206) or not (200); there is no probe, because an endpoint may allow one download only.
 */
export function httpSource(options: HttpSourceOptions): Source & { close(): Promise<void> } {
  const timeout = options.idleTimeoutMilliseconds ?? 60_000;
  const agent = new Agent({
    connect: options.target.connect,
    allowH2: false,
    headersTimeout: timeout,
    bodyTimeout: timeout,
  });
  return {
    async open(range, signal) {
      const response = await get(agent, options, range, signal);
      try {
        return accept(response, options.fileName, range);
      } catch (error) {
        response.body.on("error", () => {}).destroy();
        throw error;
      }
    },
    close: () => agent.destroy(),
  };
}

async function get(
  agent: Agent,
  { target, fileName }: HttpSourceOptions,
  range: ByteRange,
  signal: AbortSignal,
): Promise<Dispatcher.ResponseData> {
  const bytes = `bytes=${range.start}-${range.end === undefined ? "" : range.end - 1}`;
  const headers = { ...target.headers, "accept-encoding": "identity", range: bytes };
  let url = new URL(target.uri);
  // The URI goes out as vCenter wrote it: URL would re-encode parts of the path.
  let path = requestTarget(target.uri);
  for (let redirects = 0; ; redirects += 1) {
    const response = await agent
      .request({ origin: url.origin, path, method: "GET", headers, signal })
      .catch((error: unknown) => {
        throw interrupted(error, fileName, range.start, signal);
      });
    const location = response.headers.location;
    if (response.statusCode < 300 || response.statusCode > 399 || typeof location !== "string")
      return response;
    response.body.on("error", () => {}).destroy();
    const next = URL.canParse(location, url.href) ? new URL(location, url) : undefined;
    if (next?.origin !== url.origin || redirects === MAX_REDIRECTS) {
      throw new SourceRefused(
        `The endpoint of "${fileName}" redirects elsewhere (HTTP ${response.statusCode}); other hosts are not followed`,
      );
    }
    url = next;
    path = next.pathname + next.search;
  }
}

function requestTarget(uri: string): string {
  const afterScheme = uri.slice(uri.indexOf("//") + 2);
  const slash = afterScheme.search(/[/?]/);
  return slash === -1 ? "/" : afterScheme.slice(slash).replace(/#.*$/s, "").replace(/^\?/, "/?");
}

function accept(response: Dispatcher.ResponseData, fileName: string, range: ByteRange): SourceStream {
  const { statusCode, headers, body } = response;
  const encoding = headers["content-encoding"];
  if (encoding !== undefined && encoding !== "identity") {
    throw new SourceRefused(
      `The endpoint of "${fileName}" encodes the file (${encoding}) although asked not to`,
    );
  }
  const etag = typeof headers.etag === "string" && !headers.etag.startsWith("W/") ? headers.etag : undefined;
  if (statusCode === 200) {
    const total = contentLength(headers["content-length"]);
    return bodyStream(body, fileName, { start: 0, total, etag, ranged: false });
  }
  const contentRange = parseContentRange(headers["content-range"]);
  if (statusCode === 206 && contentRange && answers(contentRange, range)) {
    return bodyStream(body, fileName, { start: range.start, total: contentRange.total, etag, ranged: true });
  }
  // An empty file cannot satisfy `bytes=0-`.
  if (statusCode === 416 && range.start === 0 && contentRange?.total === 0) {
    return bodyStream(body, fileName, { start: 0, total: 0, etag, ranged: true });
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

function contentLength(header: string | string[] | undefined): number | undefined {
  return typeof header === "string" && /^\d{1,15}$/.test(header) ? Number(header) : undefined;
}

type Head = Omit<SourceStream, "offset" | "fill" | "close">;

function bodyStream(body: Dispatcher.ResponseData["body"], fileName: string, head: Head): SourceStream {
  if (head.total === 0) body.on("error", () => {}).destroy();
  const chunks = head.total === 0 ? undefined : (body[Symbol.asyncIterator]() as AsyncIterator<Buffer>); // undici's body yields Buffers
  let rest: Buffer | undefined;
  let offset = head.start;
  return {
    ...head,
    get offset() {
      return offset;
    },
    async fill(buffer) {
      let filled = 0;
      while (chunks && filled < buffer.length) {
        const chunk: Buffer | undefined = rest ?? (await next());
        if (!chunk) break;
        const copied = chunk.copy(buffer, filled);
        rest = copied < chunk.length ? chunk.subarray(copied) : undefined;
        filled += copied;
        offset += copied;
      }
      return filled;
    },
    close() {
      body.on("error", () => {}).destroy();
    },
  };

  async function next(): Promise<Buffer | undefined> {
    try {
      const { done, value } = (await chunks?.next()) ?? { done: true, value: undefined };
      return done ? undefined : value;
    } catch (error) {
      throw interrupted(error, fileName, offset);
    }
  }
}

/** The error to report for a failed request: what stopped it on purpose and what the connector refused stay as they are. */
function interrupted(error: unknown, fileName: string, offset: number, signal?: AbortSignal): unknown {
  if (error instanceof ExportError || (signal?.aborted && error === signal.reason)) return error;
  const why = error instanceof Error ? error.message || error.name : String(error);
  return new TransferInterrupted(`The download of "${fileName}" broke at byte ${offset}: ${why}`, {
    cause: error,
  });
}
