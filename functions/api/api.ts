import type { Logger } from "../log.ts";
import { type ApiServices, COLLECTIONS, collectionsOf } from "./collections.ts";
import type { ApiRequest, ApiResponse } from "./http.ts";
import { list, look, post, stop } from "./methods.ts";
import { HttpProblem, problemResponse } from "./problems.ts";

export type Api = (request: ApiRequest) => Promise<ApiResponse>;

/** The HTTP API: docs/openapi.json describes it. It answers every request, and never throws. */
export function createApi(services: ApiServices & { log: Logger }): Api {
  const collections = collectionsOf(services);

  function route(request: ApiRequest): Promise<ApiResponse> {
    const [, path, id] = /^\/([^/]+)(?:\/([^/]+))?$/.exec(request.path) ?? [];
    const name = COLLECTIONS.find((known) => known === path) ?? noSuchPath(request);
    const collection = collections[name];
    const routes: Record<string, () => Promise<ApiResponse>> =
      id === undefined
        ? {
            GET: () => list(request, name, collection),
            POST: () => post(request, name, collection),
          }
        : {
            GET: () => look(decode(id, request), collection),
            DELETE: () => stop(decode(id, request), collection),
          };
    const answer = Object.hasOwn(routes, request.method) ? routes[request.method] : undefined;
    if (answer !== undefined) return answer();
    throw new HttpProblem(405, `${request.path} takes no ${request.method}`, {
      allow: Object.keys(routes).join(", "),
    });
  }

  return async (request) => {
    try {
      return await route(request);
    } catch (error) {
      return problemResponse(error, services.log);
    }
  };
}

function decode(id: string, request: ApiRequest): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return noSuchPath(request);
  }
}

function noSuchPath({ path }: ApiRequest): never {
  throw new HttpProblem(
    404,
    `There is nothing at ${path}: exports are at /exports and /exports/{id}, syncs at /syncs and /syncs/{id}`,
  );
}
