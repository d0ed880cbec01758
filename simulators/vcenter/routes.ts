import type { OperationName } from "./operations.ts";

/** How one operation is reached over HTTP. */
export interface Route {
  method: string;
  /** `{name}` stands for an argument, in a whole segment or after `id:`. */
  path: string;
  /** The query's `action` (/api) or `~action` (/rest). */
  action?: string;
  /** An argument that has to be in the query; without it, it is another operation. */
  query?: string;
  operation: OperationName;
  /** The structure in the body that holds the arguments. */
  wrapper?: string;
  /** The status of success where it is not 200. */
  status?: number;
}

export interface Match {
  route: Route;
  /** Arguments in the path. */
  path: Record<string, string>;
}

/** Finds the route of a request; undefined when nothing is served there. */
export function findRoute(
  routes: Route[],
  method: string,
  pathname: string,
  query: URLSearchParams,
): Match | undefined {
  const action = query.get("~action") ?? query.get("action");
  for (const route of routes) {
    if (route.method !== method || (route.action ?? null) !== action) continue;
    if (route.query !== undefined && !query.has(route.query)) continue;
    const path = matchPath(route.path, pathname);
    if (path) return { route, path };
  }
  return undefined;
}

function matchPath(pattern: string, pathname: string): Record<string, string> | undefined {
  const wanted = pattern.split("/");
  const segments = pathname.split("/");
  if (wanted.length !== segments.length) return undefined;
  const found: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const segment = decodeSegment(segments[index] ?? "");
    if (segment === undefined) return undefined;
    const variable = /^(id:)?\{(\w+)\}$/.exec(part);
    if (!variable) {
      if (part !== segment) return undefined;
      continue;
    }
    const [, prefix = "", name = ""] = variable;
    if (!segment.startsWith(prefix) || segment.length === prefix.length) return undefined;
    found[name] = segment.slice(prefix.length);
  }
  return found;
}

/** Undefined for what is not percent-encoded UTF-8. */
export function decodeSegment(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
