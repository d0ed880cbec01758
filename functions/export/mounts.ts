import { realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import type { Mount } from "../config.ts";
import { EndpointNotAllowed, InvalidInput } from "../errors.ts";

/**
 * The path of the file that an endpoint names, on one of the mounts. Whatever the URI holds, the path stays below
 * the mount's folder: dots, encoded slashes and links that lead out are refused.
 * @returns undefined when the URI names no place that is mounted
 * @throws EndpointNotAllowed when it names one and leads out of it, or to no regular file
 */
export async function findOnMounts(
  uri: string,
  mounts: Mount[],
  fileName: string,
): Promise<string | undefined> {
  const wanted = parsePlace(uri);
  for (const mount of mounts) {
    const place = parsePlace(mount.uri);
    if (!wanted || !place || wanted.origin !== place.origin) continue;
    if (!place.segments.every((segment, index) => segment === wanted.segments[index])) continue;
    const rest = wanted.segments.slice(place.segments.length);
    return await findBelow(mount.directory, rest, fileName);
  }
  return undefined;
}

/**
 * Reads `URI=DIRECTORY` of an option.
 * @throws InvalidInput
 */
export function parseMount(text: string): Mount {
  const [, uri = "", directory = ""] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
  const place = parsePlace(uri);
  const named = uri.startsWith("file:") || (place?.segments.length ?? 0) > 2;
  if (!place || !named || place.segments.some(isUnsafe)) {
    throw new InvalidInput(
      `A mount is ds:///vmfs/volumes/UUID=DIRECTORY or file:///=DIRECTORY; it was given as "${text}"`,
    );
  }
  return { uri, directory };
}

interface Place {
  /** Scheme and host. */
  origin: string;
  /** Decoded; empty ones, which double slashes make, are left out. */
  segments: string[];
}

/** A datastore URI may carry a query (`?serverId=..`), which is about the server and not about the file. */
function parsePlace(uri: string): Place | undefined {
  const [, scheme, host, path] = /^(ds|file):\/\/([^/?#]*)([^?#]*)/i.exec(uri) ?? [];
  if (scheme === undefined || host === undefined || path === undefined) return undefined;
  try {
    const segments = path.split("/").filter(Boolean).map(decodeURIComponent);
    return { origin: `${scheme}://${host}`.toLowerCase(), segments };
  } catch {
    return undefined;
  }
}

function isUnsafe(segment: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: NUL ends a path for the operating system.
  return segment === "." || segment === ".." || /[/\\\u0000]/.test(segment);
}

async function findBelow(directory: string, segments: string[], fileName: string): Promise<string> {
  if (segments.length === 0 || segments.some(isUnsafe)) {
    throw new EndpointNotAllowed(`The endpoint of "${fileName}" names no file below its mount ${directory}`);
  }
  try {
    const root = await realpath(directory);
    const path = await realpath(join(root, ...segments));
    const below = path.startsWith(root.endsWith(sep) ? root : root + sep);
    if (below && (await stat(path)).isFile()) return path;
  } catch (error) {
    throw new EndpointNotAllowed(`The file "${fileName}" is not on its mount ${directory}`, { cause: error });
  }
  throw new EndpointNotAllowed(`The endpoint of "${fileName}" leads out of its mount ${directory}`);
}
