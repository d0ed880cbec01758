import type { Fault } from "./fault.ts";

/** A proxy's page, as it comes in place of an answer. */
const PROXY_PAGE =
  "<!DOCTYPE html><html><head><title>502</title></head><body><h1>Bad gateway</h1></body></html>";

/** Enumerated members, with what a newer vCenter might say. */
const UNKNOWN_MEMBERS: Record<string, string> = {
  status: "HIBERNATED",
  state: "SUSPENDED",
  algorithm: "SHA3_256",
};

/** Changes a result before it is written, where the fault asks for it. */
export function spoilValue(fault: Fault | undefined, value: unknown): unknown {
  if (fault?.answer === "wrong-types")
    return mapLeaves(value, (leaf) => (typeof leaf === "string" ? { text: leaf } : "many"));
  if (fault?.answer === "unknown-enum")
    return mapLeaves(value, (leaf, name) => UNKNOWN_MEMBERS[name] ?? leaf);
  return value;
}

/** Changes a written answer, where the fault asks for it. */
export function spoilAnswer(fault: Fault | undefined, contentType: string, body: string) {
  if (fault?.answer === "html") return { contentType: "text/html", body: PROXY_PAGE };
  if (fault?.answer === "truncated") return { contentType, body: body.slice(0, Math.ceil(body.length / 2)) };
  if (fault?.answer === "empty") return { contentType, body: "" };
  return { contentType, body };
}

function mapLeaves(value: unknown, change: (leaf: unknown, name: string) => unknown, name = ""): unknown {
  if (value === undefined) return undefined;
  if (Array.isArray(value)) return value.map((entry) => mapLeaves(entry, change, name));
  if (typeof value !== "object" || value === null) return change(value, name);
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, mapLeaves(member, change, key)]),
  );
}
