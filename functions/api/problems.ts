import { STATUS_CODES } from "node:http";
import {
  DeploymentUnavailable,
  DestinationUnavailable,
  ExportError,
  ExportNotFound,
  IdempotencyKeyReused,
  InvalidInput,
  SyncNotFound,
} from "../errors.ts";
import type { Logger } from "../log.ts";
import { type ApiResponse, jsonResponse } from "./http.ts";

/** RFC 9457, with the name by which docs/errors.md lists the error. */
export interface Problem {
  type: "about:blank";
  /** Of the HTTP status. */
  title: string;
  status: number;
  detail: string;
  /** Absent where the request does not come as far as this program's own rules. */
  name?: string;
}

/** What HTTP itself says of a request, before anything of an export is looked at. */
export class HttpProblem extends Error {
  override readonly name = "HttpProblem";
  readonly status: number;
  readonly headers: Record<string, string>;

  constructor(status: number, detail: string, headers: Record<string, string> = {}) {
    super(detail);
    this.status = status;
    this.headers = headers;
  }
}

/** The answer for whatever was thrown. What is not meant for clients goes to the log alone. */
export function problemResponse(error: unknown, log: Logger): ApiResponse {
  if (error instanceof HttpProblem) return problem(error.status, error.message, undefined, error.headers);
  const status = statusOf(error);
  if (status !== undefined && error instanceof ExportError) {
    const later: Record<string, string> = status === 503 ? { "retry-after": "10" } : {};
    return problem(status, error.message, error.name, later);
  }
  const message = error instanceof Error ? error.message : String(error);
  log.warn("A request failed", { error: error instanceof Error ? error.name : "", reason: message });
  const detail = "The request could not be answered: the log of the function says why";
  return problem(500, detail, error instanceof ExportError ? error.name : "InternalError");
}

function statusOf(error: unknown): number | undefined {
  if (error instanceof InvalidInput) return 400;
  if (error instanceof ExportNotFound || error instanceof SyncNotFound) return 404;
  if (error instanceof IdempotencyKeyReused) return 409;
  if (error instanceof DeploymentUnavailable || error instanceof DestinationUnavailable) return 503;
  return undefined;
}

function problem(
  status: number,
  detail: string,
  name?: string,
  headers: Record<string, string> = {},
): ApiResponse {
  const body: Problem = {
    type: "about:blank",
    title: STATUS_CODES[status] ?? "Error",
    status,
    detail,
    ...(name !== undefined && { name }),
  };
  return jsonResponse(status, body, { ...headers, "content-type": "application/problem+json" });
}
