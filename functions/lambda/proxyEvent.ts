import * as z from "zod";
import type { ApiRequest } from "../api/http.ts";
import { describeIssues } from "../config.ts";
import { InvalidInput } from "../errors.ts";

/** The part of an event of an API Gateway REST API, with Lambda proxy integration, that is used here. */
const proxyEventSchema = z.object({
  httpMethod: z.string(),
  /** Of the route: `/exports/{id}`. */
  resource: z.string().nullish(),
  /** Without the stage, but with the base path that a custom domain maps to it. */
  path: z.string(),
  multiValueQueryStringParameters: z.record(z.string(), z.array(z.string()).nullable()).nullish(),
  headers: z.record(z.string(), z.string().nullable()).nullish(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
  /** Its `path` is the client's: with the stage, or with the base path in the stage's place. */
  requestContext: z.object({ path: z.string().nullish() }).nullish(),
});

/**
 * The request that an event of an API Gateway REST API, with Lambda proxy integration, is for. Where the client has
 * sent nothing, API Gateway has null.
 * @throws InvalidInput for the event of another kind of API or integration, or of no API at all
 */
export function proxyRequest(event: unknown): ApiRequest {
  const parsed = proxyEventSchema.safeParse(event);
  if (!parsed.success) {
    const what = "The event is not of a REST API of API Gateway with Lambda proxy integration";
    throw new InvalidInput(`${what}: ${describeIssues(parsed.error)}`);
  }
  const { httpMethod, resource, headers, body, isBase64Encoded, requestContext, ...rest } = parsed.data;
  const path = pathOf(rest.path, resource);
  const fullPath = requestContext?.path ?? rest.path;
  return {
    method: httpMethod,
    path,
    basePath: fullPath.endsWith(path) ? fullPath.slice(0, fullPath.length - path.length) : "",
    query: withoutNull(rest.multiValueQueryStringParameters),
    headers: Object.fromEntries(
      Object.entries(withoutNull(headers)).map(([name, value]) => [name.toLowerCase(), value]),
    ),
    body: isBase64Encoded ? Buffer.from(body ?? "", "base64").toString("utf8") : (body ?? ""),
  };
}

/** As many segments, from the end, as the route has: what stands before them is a custom domain's. */
function pathOf(path: string, resource: string | null | undefined): string {
  if (resource === null || resource === undefined || resource.includes("+}")) return path;
  const segments = resource.split("/").length - 1;
  return `/${path.split("/").slice(1).slice(-segments).join("/")}`;
}

function withoutNull<T>(fields: Record<string, T | null> | null | undefined): Record<string, T> {
  return Object.fromEntries(
    Object.entries(fields ?? {}).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
  );
}
