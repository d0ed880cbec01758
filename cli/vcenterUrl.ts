import { InvalidInput } from "../functions/errors.ts";

export interface VcenterUrl {
  /** Scheme, host and port, without a slash at the end. */
  url: string;
  host: string;
  username?: string;
  password?: string;
}

/**
 * Parses a vCenter's URL as govc takes it: the scheme may be missing, user and password may stand before the
 * host, and `/sdk` may stand behind it.
 * @param origin what to call it in an error: an option or an environment variable. The text itself is never shown,
 *   because it may hold a password.
 * @throws InvalidInput
 */
export function parseVcenterUrl(text: string, origin: string): VcenterUrl {
  const absolute = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`;
  const parsed = URL.parse(absolute);
  if (parsed === null) throw new InvalidInput(`${origin} is not a URL such as https://vcenter.example.com.`);
  if (parsed.protocol !== "https:" && parsed.protocol !== "http:") {
    throw new InvalidInput(`${origin} must begin with https:, not ${parsed.protocol}`);
  }
  if (!/^\/(sdk\/?)?$/.test(parsed.pathname) || parsed.search !== "" || parsed.hash !== "") {
    throw new InvalidInput(
      `${origin} has something behind the host: give the host alone, such as ${parsed.origin}.`,
    );
  }
  return {
    url: parsed.origin,
    host: parsed.hostname,
    ...(parsed.username !== "" && { username: decode(parsed.username, origin) }),
    ...(parsed.password !== "" && { password: decode(parsed.password, origin) }),
  };
}

function decode(part: string, origin: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new InvalidInput(
      `${origin} holds a "%" before the host that is no percent-encoding: write it as %25.`,
    );
  }
}

/**
 * The name under which the vCenter appears in manifests, metadata and reports: its host.
 * A profile's name has at most 64 letters, digits, `.`, `_` and `-`.
 */
export function profileName(host: string): string {
  return host.replace(/[^A-Za-z0-9._-]/g, "-").slice(0, 64);
}
