import { InvalidInput } from "../errors.ts";
import type { HttpRequest } from "./http.ts";

/** An operation's parameters by the names that the API gives them. Absent ones are undefined. */
export type Parameters = Record<string, ParameterValue | undefined>;
export type ParameterValue = string | number | Record<string, string | undefined>;

/** What is left of an operation once verb and URL are settled. */
export interface Routed {
  method: HttpRequest["method"];
  path: string;
  /** Parameters that the route has no place for: they make the body. */
  body: Record<string, ParameterValue>;
}

/**
 * Expands a route such as `GET library/{library_id}/file?name={name}`. A query parameter whose value is absent is
 * left out with its name.
 *
 * @throws InvalidInput for a path parameter that would name another path
 */
export function expandRoute(route: string, base: string, parameters: Parameters): Routed {
  const [method = "", url = ""] = route.split(" ");
  if (method !== "GET" && method !== "POST" && method !== "DELETE")
    throw new TypeError(`no verb in ${route}`);
  const [path = "", query] = url.split("?");
  const used = new Set<string>();

  const value = (name: string): string | undefined => {
    used.add(name);
    const parameter = parameters[name];
    return parameter === undefined ? undefined : String(parameter);
  };
  const segments = path
    .split("/")
    .map((part) => part.replace(PLACE, (_, name) => segment(name, value(name))));
  const pairs = (query?.split("&") ?? []).flatMap((pair) => {
    const name = new RegExp(PLACE).exec(pair)?.[1];
    if (name === undefined) return [pair];
    const text = value(name);
    return text === undefined ? [] : [pair.replace(PLACE, () => encodeURIComponent(text))];
  });

  const body: Routed["body"] = {};
  for (const [name, parameter] of Object.entries(parameters)) {
    if (parameter !== undefined && !used.has(name)) body[name] = parameter;
  }
  return {
    method,
    path: `${base}${segments.join("/")}${pairs.length > 0 ? `?${pairs.join("&")}` : ""}`,
    body,
  };
}

const PLACE = /\{(\w+)\}/g;

/** Ids of real vCenters hold `:`, which a path segment may hold as it is. */
function segment(name: string, value: string | undefined): string {
  if (value === undefined || value === "" || value === "." || value === "..") {
    throw new InvalidInput(`${name} is ${value ? `"${value}"` : "empty"}, which is no id`);
  }
  return encodeURIComponent(value).replaceAll("%3A", ":");
}
