import { type buildConnector, Pool } from "undici";
import { CertificateMismatch, UnexpectedResponse } from "../errors.ts";
import { withTimeLimit } from "./timeLimit.ts";

/** One request to vCenter. The path goes out exactly as it is, query included. */
export interface HttpRequest {
  method: "GET" | "POST" | "DELETE";
  path: string;
  headers: Record<string, string>;
  body?: string;
}

export interface HttpAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

export interface Http {
  /** `host:port` as in the URL, for messages. */
  readonly host: string;
  /**
   * @throws CertificateMismatch, and nothing has been sent
   * @throws UnexpectedResponse for an answer that is too large, or a server that does not speak TLS
   * @throws ConnectionFailure when there is no whole answer
   * @throws the signal's reason when it is aborted
   */
  send(request: HttpRequest, signal?: AbortSignal): Promise<HttpAnswer>;
  /** Ends every connection at once. */
  close(): Promise<void>;
}

/** There was no answer, or not the whole of it. */
export class ConnectionFailure extends Error {
  override readonly name = "ConnectionFailure";
  /** True when no connection came about, so that the request cannot have had any effect. */
  readonly neverSent: boolean;

  constructor(message: string, neverSent: boolean, options?: ErrorOptions) {
    super(message, options);
    this.neverSent = neverSent;
  }
}

export interface HttpLimits {
  /** Largest answer. The lists of a vCenter with 100,000 items stay below 5 MB. */
  answerBytes: number;
  /** Longest time from the request to the last byte of its answer. */
  answerMilliseconds: number;
}

const DEFAULT_LIMITS: HttpLimits = { answerBytes: 16 * 1024 * 1024, answerMilliseconds: 60_000 };

/** Opens a small pool of connections to one origin, each made by the connector. */
export function openHttp(
  origin: URL,
  connect: buildConnector.connector,
  given: Partial<HttpLimits> = {},
): Http {
  const limits = { ...DEFAULT_LIMITS, ...given };
  const pool = new Pool(origin.origin, { connect, connections: 8 });
  return {
    host: origin.host,
    send(request, signal) {
      return withTimeLimit(limits.answerMilliseconds, async (expiry) => {
        try {
          const answer = await pool.request({
            ...request,
            signal: signal ? AbortSignal.any([signal, expiry]) : expiry,
          });
          const body = await collect(answer.body, limits.answerBytes, origin.host);
          return { status: answer.statusCode, headers: answer.headers, body };
        } catch (error) {
          signal?.throwIfAborted();
          if (expiry.aborted) {
            const seconds = limits.answerMilliseconds / 1000;
            throw new ConnectionFailure(`${origin.host} gave no whole answer within ${seconds} s`, false);
          }
          throw asFailure(error, origin.host);
        }
      });
    },
    async close() {
      await pool.destroy();
    },
  };
}

async function collect(body: AsyncIterable<Buffer>, limit: number, host: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    // Leaving the loop destroys the body, and with it the connection.
    if (bytes > limit) throw new UnexpectedResponse(`${host} sent an answer of more than ${limit} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function asFailure(error: unknown, host: string): Error {
  if (error instanceof CertificateMismatch || error instanceof UnexpectedResponse) return error;
  const { code, syscall, message } = causeOf(error);
  if (code.startsWith("ERR_SSL_") || code === "EPROTO") {
    return new UnexpectedResponse(
      `${host} does not speak TLS 1.2 or later (${code}): check the port, and whether the URL should begin with http:`,
      {},
      { cause: error },
    );
  }
  const neverSent = syscall === "connect" || syscall === "getaddrinfo" || code === "UND_ERR_CONNECT_TIMEOUT";
  return new ConnectionFailure(`${host} cannot be reached or broke the connection: ${message}`, neverSent, {
    cause: error,
  });
}

/** A connection to a name with several addresses fails with an AggregateError of one failure for each. */
function causeOf(error: unknown): { code: string; syscall: string; message: string } {
  const first = error instanceof AggregateError ? (error.errors[0] ?? error) : error;
  if (!(first instanceof Error)) return { code: "", syscall: "", message: String(first) };
  const code = "code" in first ? String(first.code) : "";
  return { code, syscall: "syscall" in first ? String(first.syscall) : "", message: first.message || code };
}
