import type { VcenterSimulator } from "../../simulators/vcenter/index.ts";

export const ALL_KINDS = ["password", "Authorization header", "session token", "download URI"];

/**
 * Secrets that may come out nowhere: the password, and every session token and download URI that vCenter gives while
 * it is watched.
 */
export class Canaries {
  readonly #kinds = new Map<string, string>();

  constructor(vcenter: VcenterSimulator) {
    const { username, password } = vcenter;
    this.#kinds.set(password, "password");
    this.#kinds.set(Buffer.from(`${username}:${password}`).toString("base64"), "Authorization header");
    // With every request, since log-ins and download sessions are open only for as long as they are used.
    const meanwhile = () => {
      for (const { token } of vcenter.openLogins()) this.#kinds.set(token, "session token");
      for (const { key } of vcenter.openDownloadSessions()) this.#kinds.set(key, "download URI");
    };
    vcenter.behaviour.faults.push({ on: "any", times: Number.POSITIVE_INFINITY, meanwhile });
  }

  /** The kinds of secrets that there are to look for. */
  get kinds(): Set<string> {
    return new Set(this.#kinds.values());
  }

  /** By the way on which it came out: the kinds of secrets in what was said. */
  leaksIn(said: Record<string, string[]>): string[] {
    return Object.entries(said).flatMap(([way, texts]) =>
      this.foundIn(texts.join("\n")).map((kind) => `${kind} in ${way}`),
    );
  }

  /** The kinds of secrets that the text holds. */
  foundIn(text: string): string[] {
    return [...this.#kinds].filter(([secret]) => text.includes(secret)).map(([, kind]) => kind);
  }
}
