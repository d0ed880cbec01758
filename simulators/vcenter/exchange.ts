import type { IncomingMessage, ServerResponse } from "node:http";
import { VapiError } from "./vapiError.ts";

/** What is kept of a request: enough for a test to judge it, and no secret. */
export interface RequestRecord {
  method: string;
  /** With the query; the key of a download URI is replaced by `*`. */
  path: string;
  /** `download-session.create`, `data`, ...; absent where nothing is served. */
  operation?: string;
  /** Absent while there is no answer. */
  status?: number;
  /** The header `Range`. */
  range?: string;
  /** Whether the request carried a session header, right or wrong. */
  sessionHeader: boolean;
}

const LARGEST_BODY_BYTES = 1024 * 1024;

/** One request and its answer. */
export class Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly record: RequestRecord;

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.request = request;
    this.response = response;
    // A client that leaves is no error here.
    response.on("error", () => {});
    this.url = urlOf(request.url ?? "/");
    this.record = {
      method: request.method ?? "",
      path: (request.url ?? "").replace(/^(\/cls\/data\/)[^/]+/, "$1*"),
      range: request.headers.range,
      sessionHeader: request.headers["vmware-api-session-id"] !== undefined,
    };
  }

  header(name: string): string | undefined {
    const value = this.request.headers[name];
    return Array.isArray(value) ? value[0] : value;
  }

  async body(): Promise<string> {
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of this.request) {
      bytes += chunk.length;
      if (bytes > LARGEST_BODY_BYTES) throw new VapiError(400, "INVALID_REQUEST", "The body is too large.");
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString("utf8");
  }

  answer(status: number, contentType: string, body: string, headers: Record<string, string> = {}): void {
    this.head(status, {
      ...(body === "" ? {} : { "content-type": contentType }),
      ...(status === 204 ? {} : { "content-length": String(Buffer.byteLength(body)) }),
      ...headers,
    });
    this.response.end(status === 204 ? undefined : body);
  }

  head(status: number, headers: Record<string, string>): void {
    this.record.status = status;
    for (const [name, value] of Object.entries(headers)) this.response.setHeader(name, value);
    this.response.writeHead(status);
  }

  /** A fault of the simulator's own, or a file that can no longer be read: said on stderr, and a 500. */
  fail(error: unknown): void {
    process.stderr.write(`vCenter simulator: ${this.record.method} ${this.record.path}: ${error}\n`);
    if (this.response.headersSent) this.reset();
    else this.answer(500, "text/plain", "Internal Server Error");
  }

  /** Ends the connection as a crash would. */
  reset(): void {
    this.request.socket.destroy();
  }
}

/** Of any request target, be it `//`, `*` or nonsense: where there is nothing to serve, the answer is 404. */
function urlOf(target: string): URL {
  const text = target.startsWith("/") ? `${ORIGIN}${target}` : target;
  return URL.canParse(text) ? new URL(text) : new URL(ORIGIN);
}

const ORIGIN = "https://vcenter.invalid";
