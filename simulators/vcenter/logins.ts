import { randomBytes } from "node:crypto";
import type { Behaviour } from "./behaviour.ts";
import type { User } from "./options.ts";
import { unauthenticated } from "./vapiError.ts";

export interface Login {
  token: string;
  username: string;
  createdTime: number;
  lastAccessedTime: number;
}

/** vsphere.local locks an account after five failures within 180 seconds, unless configured otherwise. */
const LOCK_AFTER_FAILURES = 5;
const LOCK_WINDOW_MILLISECONDS = 180_000;

/** Who is logged in. */
export class Logins {
  /** How often anyone tried. */
  attempts = 0;
  readonly #users: User[];
  readonly #behaviour: Behaviour;
  readonly #now: () => number;
  readonly #open = new Map<string, Login>();
  readonly #failures = new Map<string, number[]>();

  constructor(users: User[], behaviour: Behaviour, now: () => number) {
    this.#users = users;
    this.#behaviour = behaviour;
    this.#now = now;
  }

  /** `authorization` is the header's value: HTTP Basic. */
  logIn(authorization: string | undefined): Login {
    this.attempts += 1;
    const [username = "", password = ""] = basicCredentials(authorization);
    if (this.#locked(username) || !this.#users.some((user) => matches(user, username, password))) {
      this.#failures.set(username, [...(this.#failures.get(username) ?? []), this.#now()]);
      throw unauthenticated();
    }
    const now = this.#now();
    const login = {
      token: randomBytes(16).toString("hex"),
      username,
      createdTime: now,
      lastAccessedTime: now,
    };
    this.#open.set(login.token, login);
    return login;
  }

  /** The log-in that a token stands for; using it keeps it alive. */
  authenticate(token: string | undefined): Login {
    const login = token === undefined ? undefined : this.#open.get(token);
    if (!login || !this.isOpen(login)) throw unauthenticated();
    login.lastAccessedTime = this.#now();
    return login;
  }

  logOut(login: Login): void {
    this.#open.delete(login.token);
  }

  isOpen(login: Login): boolean {
    const idle = this.#now() - login.lastAccessedTime;
    if (idle >= this.#behaviour.loginIdleSeconds * 1000) this.#open.delete(login.token);
    return this.#open.has(login.token);
  }

  open(): Login[] {
    return [...this.#open.values()].filter((login) => this.isOpen(login));
  }

  /** Ends every log-in, as a restart of the service would. */
  expireAll(): void {
    this.#open.clear();
  }

  #locked(username: string): boolean {
    const since = this.#now() - LOCK_WINDOW_MILLISECONDS;
    const recent = (this.#failures.get(username) ?? []).filter((failure) => failure > since);
    return recent.length >= LOCK_AFTER_FAILURES;
  }
}

function matches(user: User, username: string, password: string): boolean {
  return user.username === username && user.password === password;
}

function basicCredentials(authorization: string | undefined): string[] {
  const encoded = /^Basic (.+)$/i.exec(authorization ?? "")?.[1] ?? "";
  const text = Buffer.from(encoded, "base64").toString("utf8");
  const colon = text.indexOf(":");
  return [text.slice(0, colon), text.slice(colon + 1)];
}
