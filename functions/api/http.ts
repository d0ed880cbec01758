/** A request, free of whatever carries it: API Gateway's event, or Node's own HTTP server. */
export interface ApiRequest {
  method: string;
  /** As the client sent it, without the query: percent-encoded. */
  path: string;
  /** What stands before the API's own paths in the client's URL, such as the stage `/prod`; empty: nothing. */
  basePath: string;
  /** Every parameter with all its values. */
  query: Record<string, string[]>;
  /** By names in lower case. */
  headers: Record<string, string>;
  body: string;
}

export interface ApiResponse {
  status: number;
  headers: Record<string, string>;
  body: string;
}

export function jsonResponse(
  status: number,
  value: unknown,
  headers: Record<string, string> = {},
): ApiResponse {
  return {
    status,
    // How an export stands is true for seconds.
    headers: { "content-type": "application/json", "cache-control": "no-store", ...headers },
    body: JSON.stringify(value),
  };
}
