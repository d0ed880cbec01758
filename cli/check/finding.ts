/** What one check has found. */
export interface Finding {
  check: string;
  status: "ok" | "warn" | "fail" | "skipped";
  /** For people: it may name hosts, files and users, but never a token, a password or a download URI. */
  text: string;
  /**
   * For bug reports: numbers, booleans, and words of the API's or this program's own. What is never put in needs
   * no redaction: no name, no id, no host, no message of a server.
   */
  facts: Facts;
}

export type Facts = Record<string, string | number | boolean | null>;

export function ok(check: string, text: string, facts: Facts = {}): Finding {
  return { check, status: "ok", text, facts };
}

export function warn(check: string, text: string, facts: Facts = {}): Finding {
  return { check, status: "warn", text, facts };
}

export function fail(check: string, text: string, facts: Facts = {}): Finding {
  return { check, status: "fail", text, facts };
}
