import type { Logger } from "../log.ts";
import { type ApiServices, deleteExport, getExport, listExports, postExport } from "./exports.ts";
import type { ApiRequest, ApiResponse } from "./http.ts";
import { HttpProblem, problemResponse } from "./problems.ts";

export type Api = (request: ApiRequest) => Promise<ApiResponse>;

/** The HTTP API: docs/openapi.json describes it. It answers every request, and never throws. */
export function createApi(services: ApiServices & { log: Logger }): Api {
  return async (request) => {
    try {
      return await route(request, services);
    } catch (error) {
      return problemResponse(error, services.log);
    }
  };
}

function route(request: ApiRequest, services: ApiServices): Promise<ApiResponse> {
  const [, id] = /^\/exports(?:\/([^/]+))?$/.exec(request.path) ?? noSuchPath(request);
  const routes: Record<string, () => Promise<ApiResponse>> =
    id === undefined
      ? {
          GET: () => listExports(request, services),
          POST: () => postExport(request, services),
        }
      : {
          GET: () => getExport(decode(id, request), services),
          DELETE: () => deleteExport(decode(id, request), services),
        };
  const answer = Object.hasOwn(routes, request.method) ? routes[request.method] : undefined;
  if (answer !== undefined) return answer();
  throw new HttpProblem(405, `${request.path} takes no ${request.method}`, {
    allow: Object.keys(routes).join(", "),
  });
}

function decode(id: string, request: ApiRequest): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return noSuchPath(request);
  }
}

function noSuchPath({ path }: ApiRequest): never {
  throw new HttpProblem(404, `There is nothing at ${path}: exports are at /exports and /exports/{id}`);
}
