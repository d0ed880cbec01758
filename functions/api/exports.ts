import type { z } from "zod";
import { describeIssues } from "../config.ts";
import { InvalidInput } from "../errors.ts";
import { readStatus, type StatusServices } from "../executions/readStatus.ts";
import { startExport } from "../executions/startExport.ts";
import { parseInput } from "../input.ts";
import { type ApiRequest, type ApiResponse, jsonResponse } from "./http.ts";
import { HttpProblem } from "./problems.ts";
import { idempotencyKeySchema, listQuerySchema } from "./schemas.ts";

export interface ApiServices extends StatusServices {
  /**
   * Stops an export and has what it opened removed.
   * @throws ExportNotFound
   */
  stop(id: string): ReturnType<typeof startExport>;
}

/** Larger than any input that makes sense, and below the limit of an execution's input. */
const MAX_BODY_BYTES = 100_000;

/** `POST /exports` */
export async function postExport(request: ApiRequest, { executions }: ApiServices): Promise<ApiResponse> {
  const key = request.headers["idempotency-key"];
  if (key !== undefined) parse(idempotencyKeySchema, key, "Idempotency-Key");
  const started = await startExport(executions, parseInput(readBody(request)), key);
  return jsonResponse(201, started, {
    location: `${request.basePath}/exports/${encodeURIComponent(started.id)}`,
  });
}

/** `GET /exports` */
export async function listExports(request: ApiRequest, { executions }: ApiServices): Promise<ApiResponse> {
  const query = parse(listQuerySchema, singleValues(request.query), "query");
  const page = await executions.list(query);
  if (page === undefined)
    throw new HttpProblem(404, "There is no such page any more: start with the first one");
  return jsonResponse(200, { exports: page.executions, nextPageToken: page.next });
}

/** `GET /exports/{id}` */
export async function getExport(id: string, services: ApiServices): Promise<ApiResponse> {
  return jsonResponse(200, await readStatus(id, services));
}

/** `DELETE /exports/{id}` */
export async function deleteExport(id: string, { stop }: ApiServices): Promise<ApiResponse> {
  return jsonResponse(202, await stop(id));
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
