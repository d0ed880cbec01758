import { randomBytes, randomUUID } from "node:crypto";
import type { Behaviour } from "./behaviour.ts";
import type { StoredItem } from "./inventory.ts";
import type { Login, Logins } from "./logins.ts";
import { SessionFile } from "./sessionFile.ts";
import { invalidArgument, notAllowedInCurrentState, notFound } from "./vapiError.ts";

export interface DownloadSession {
  id: string;
  itemId: string;
  itemContentVersion: number;
  username: string;
  /** The log-in that created it. */
  login: Login;
  /** User and client token: the same creation sent again finds the session by them. */
  token: string | undefined;
  /** The part of its endpoints' URIs that makes them a capability. */
  key: string;
  state: "ACTIVE" | "CANCELED" | "ERROR";
  clientProgress: number;
  /** Every percentage that the client reported. */
  keepAlives: (number | undefined)[];
  expirationTime: number;
  errorMessage?: string;
  files: SessionFile[];
}

/** Download sessions and their leases. One whose lease has ended is deleted when it is next asked for. */
export class DownloadSessions {
  readonly #behaviour: Behaviour;
  readonly #logins: Logins;
  readonly #now: () => number;
  readonly #sessions = new Map<string, DownloadSession>();
  /** Ids of the sessions that there are, by user and client token. */
  readonly #tokens = new Map<string, string>();

  constructor(behaviour: Behaviour, logins: Logins, now: () => number) {
    this.#behaviour = behaviour;
    this.#logins = logins;
    this.#now = now;
  }

  create(item: StoredItem, login: Login, clientToken: string | undefined): DownloadSession {
    const token = clientToken ? `${login.username} ${clientToken}` : undefined;
    const known = token === undefined ? undefined : this.#live(this.#tokens.get(token));
    if (known) return known;
    const session: DownloadSession = {
      // vAPI ids are qualified by a node: they hold a colon.
      id: `${randomUUID()}:${randomUUID()}`,
      itemId: item.id,
      itemContentVersion: item.contentVersion,
      username: login.username,
      login,
      token,
      key: randomBytes(16).toString("hex"),
      state: "ACTIVE",
      clientProgress: 0,
      keepAlives: [],
      expirationTime: 0,
      files: item.files.map((file) => new SessionFile(file)),
    };
    this.#extend(session);
    this.#sessions.set(session.id, session);
    if (token !== undefined) this.#tokens.set(token, session.id);
    return session;
  }

  get(id: string): DownloadSession {
    const session = this.#live(id);
    if (!session) throw notFound("download session", id);
    if (this.#behaviour.leaseExtendedBy.includes("read")) this.#extend(session);
    return session;
  }

  /** Those of one user. */
  list(username: string, itemId: string | undefined): DownloadSession[] {
    return this.open().filter(
      (session) => session.username === username && (itemId === undefined || session.itemId === itemId),
    );
  }

  open(): DownloadSession[] {
    return [...this.#sessions.keys()].flatMap((id) => this.#live(id) ?? []);
  }

  byKey(key: string): DownloadSession | undefined {
    return this.open().find((session) => session.key === key && session.state === "ACTIVE");
  }

  keepAlive(id: string, progress: number | undefined): void {
    const session = this.#active(id, "keep-alive");
    if (progress !== undefined && (progress < 0 || progress > 100)) {
      throw invalidArgument(`The progress ${progress} is not between 0 and 100.`, String(progress));
    }
    session.keepAlives.push(progress);
    if (progress !== undefined) session.clientProgress = progress;
    if (this.#behaviour.leaseExtendedBy.includes("keep-alive")) this.#extend(session);
  }

  bytesSent(session: DownloadSession): void {
    if (this.#behaviour.leaseExtendedBy.includes("bytes")) this.#extend(session);
  }

  cancel(id: string): void {
    this.#active(id, "cancel").state = "CANCELED";
  }

  fail(id: string, clientErrorMessage: string): void {
    const session = this.#active(id, "fail");
    session.state = "ERROR";
    session.errorMessage = clientErrorMessage;
  }

  delete(id: string): void {
    this.#remove(this.get(id));
  }

  /** Ends the lease now. */
  expire(id: string): void {
    this.get(id).expirationTime = this.#now();
  }

  /** Stops anything but reading or deleting a session that is not active any more. */
  #active(id: string, operation: string): DownloadSession {
    const session = this.get(id);
    this.requireActive(session, operation);
    return session;
  }

  requireActive(session: DownloadSession, operation: string): void {
    if (session.state === "ACTIVE") return;
    throw notAllowedInCurrentState(
      `The operation ${operation} is not allowed: the download session ${session.id} is ${session.state}.`,
      session.id,
      session.state,
    );
  }

  #live(id: string | undefined): DownloadSession | undefined {
    const session = id === undefined ? undefined : this.#sessions.get(id);
    if (!session) return undefined;
    const orphaned = this.#behaviour.sessionsDieWithLogin && !this.#logins.isOpen(session.login);
    if (!orphaned && this.#now() < session.expirationTime) return session;
    this.#remove(session);
    return undefined;
  }

  #remove({ id, token }: DownloadSession): void {
    this.#sessions.delete(id);
    if (token !== undefined) this.#tokens.delete(token);
  }

  #extend(session: DownloadSession): void {
    session.expirationTime = this.#now() + this.#behaviour.leaseSeconds * 1000;
  }
}
