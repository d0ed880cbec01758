import { ExportError, TransferInterrupted } from "../../errors.ts";
import type { ConnectorMaker } from "../../tls.ts";
import { requestHead } from "../http/requestHead.ts";
import type { ByteRange } from "./source.ts";

export interface HttpTarget {
  /** Requested exactly as it is. A capability: it goes into no error and no log. */
  uri: string;
  headers: Record<string, string>;
  /**
   * Makes a connector, which opens connections whose certificate has been verified. With `onread`, what arrives on
   * them goes there instead of into a stream.
   */
  connector: ConnectorMaker;
}

export interface HttpSourceOptions {
  target: HttpTarget;
  /** For messages. */
  fileName: string;
  /** Longest silence of the server, before its answer and within the body. */
  idleTimeoutMilliseconds?: number;
}

export const IDLE_TIMEOUT_MILLISECONDS = 60_000;

/** Path and query of a URI as vCenter wrote it: URL would re-encode parts of the path. */
export function requestTarget(uri: string): string {
  const afterScheme = uri.slice(uri.indexOf("//") + 2);
  const slash = afterScheme.search(/[/?]/);
  return slash === -1 ? "/" : afterScheme.slice(slash).replace(/#.*$/s, "").replace(/^\?/, "/?");
}

/** Every GET carries a Range, also the first, so that its answer tells whether the server can resume. */
export function rangeHeaders({ headers }: HttpTarget, { start, end }: ByteRange): Record<string, string> {
  return {
    ...headers,
    "accept-encoding": "identity",
    range: `bytes=${start}-${end === undefined ? "" : end - 1}`,
  };
}

/** The request for a range as it is sent without a client library; undefined where `requestHead` is. */
export function plainRequest(target: HttpTarget, range: ByteRange): Buffer | undefined {
  const { host } = new URL(target.uri);
  const headers = { host, connection: "keep-alive", ...rangeHeaders(target, range) };
  return requestHead("GET", requestTarget(target.uri), headers);
}

/** The error to report for a failed request: what stopped it on purpose and what the connector refused stay as they are. */
export function interrupted(error: unknown, fileName: string, offset: number, signal?: AbortSignal): unknown {
  if (error instanceof ExportError || (signal?.aborted && error === signal.reason)) return error;
  const why = error instanceof Error ? error.message || error.name : String(error);
  return new TransferInterrupted(`The download of "${fileName}" broke at byte ${offset}: ${why}`, {
    cause: error,
  });
}
