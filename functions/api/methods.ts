import type * as z from "zod";
import { describeIssues } from "../config.ts";
import { InvalidInput } from "../errors.ts";
import type { Collection, CollectionName } from "./collections.ts";
import { type ApiRequest, type ApiResponse, jsonResponse } from "./http.ts";
import { HttpProblem } from "./problems.ts";
import { idempotencyKeySchema, listQuerySchema } from "./schemas.ts";

/** Larger than any input that makes sense, and below the limit of an execution's input. */
const MAX_BODY_BYTES = 100_000;

/** `POST /exports`, `POST /syncs` */
export async function post(
  request: ApiRequest,
  name: CollectionName,
  collection: Collection,
): Promise<ApiResponse> {
  const key = request.headers["idempotency-key"];
  if (key !== undefined) parse(idempotencyKeySchema, key, "Idempotency-Key");
  const started = await collection.start(readBody(request), key);
  return jsonResponse(201, started, {
    location: `${request.basePath}/${name}/${encodeURIComponent(started.id)}`,
  });
}

/** `GET /exports`, `GET /syncs` */
export async function list(
  request: ApiRequest,
  name: CollectionName,
  collection: Collection,
): Promise<ApiResponse> {
  const query = parse(listQuerySchema, singleValues(request.query), "query");
  const page = await collection.list(query);
  if (page === undefined)
    throw new HttpProblem(404, "There is no such page any more: start with the first one");
  return jsonResponse(200, { [name]: page.executions, nextPageToken: page.next });
}

/** `GET /exports/{id}`, `GET /syncs/{id}` */
export async function look(id: string, collection: Collection): Promise<ApiResponse> {
  return jsonResponse(200, await collection.look(id));
}

/** `DELETE /exports/{id}`, `DELETE /syncs/{id}` */
export async function stop(id: string, collection: Collection): Promise<ApiResponse> {
  return jsonResponse(202, await collection.stop(id));
}

function readBody({ headers, body }: ApiRequest): unknown {
  if (!/^application\/json\s*(;|$)/i.test(headers["content-type"] ?? "")) {
    throw new HttpProblem(415, "The body has to be JSON: send Content-Type: application/json", {
      accept: "application/json",
    });
  }
  const bytes = Buffer.byteLength(body, "utf8");
  if (bytes > MAX_BODY_BYTES) {
    throw new HttpProblem(413, `The body has ${bytes} bytes, and at most ${MAX_BODY_BYTES} are taken`);
  }
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new InvalidInput("The body is not JSON", { cause });
  }
}

function singleValues(query: Record<string, string[]>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(query).map(([name, values]) => {
      const [value = "", ...others] = values;
      if (others.length > 0) throw new InvalidInput(`query: ${name}: it is given ${values.length} times`);
      return [name, value];
    }),
  );
}

function parse<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new InvalidInput(`${where}: ${describeIssues(parsed.error)}`);
  return parsed.data;
}
