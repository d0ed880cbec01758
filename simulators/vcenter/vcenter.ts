import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { answerApi } from "./apiServer.ts";
import { type Behaviour, defaultBehaviour } from "./behaviour.ts";
import { makeCertificate } from "./certificate.ts";
import { answerData } from "./dataEndpoint.ts";
import { type DownloadSession, DownloadSessions } from "./downloadSessions.ts";
import { Endpoints } from "./endpoints.ts";
import { Exchange, type RequestRecord } from "./exchange.ts";
import { type Fault, Faults } from "./fault.ts";
import { Inventory } from "./inventory.ts";
import { type Listener, listen } from "./listener.ts";
import { type Login, Logins } from "./logins.ts";
import type { Vcenter } from "./operations.ts";
import type { FileSource, ItemSource, VcenterOptions } from "./options.ts";
import type { Transfer } from "./transfer.ts";

/** A running simulator: how to reach it, what it has seen, and what may happen to it. */
export interface VcenterSimulator extends AsyncDisposable {
  /** `https://127.0.0.1:<port>` */
  url: string;
  username: string;
  password: string;
  /** PEM; usable as a CA bundle. */
  certificate: string;
  /** SHA-1 of the certificate, `AA:BB:..`. */
  thumbprint: string;
  thumbprintSha256: string;
  /** May be changed at any time. */
  behaviour: Behaviour;

  /** Id of an item by its name. */
  itemId(name: string): string;
  libraryId(name: string): string;
  openDownloadSessions(): DownloadSession[];
  openLogins(): Login[];
  loginAttempts(): number;
  /** In the order in which they came. */
  requests: RequestRecord[];
  /** In the order in which they began. */
  transfers: Transfer[];
  /** Each fault as often as it was met. */
  faultsMet: readonly Fault[];
  /** Empties these three lists, which otherwise grow for as long as it runs. */
  forgetHistory(): void;

  /** Gives an item a new content version. */
  touchItem(itemId: string): void;
  /** Returns the new item's id. */
  addItem(libraryId: string, item: ItemSource): Promise<string>;
  /** Leaves the content version as it is, as vCenter does. */
  renameItem(itemId: string, name: string): void;
  removeItem(itemId: string): void;
  /** Adds a file to an item, or gives the one of that name new content, as an upload does. */
  replaceFile(itemId: string, file: FileSource): Promise<void>;
  /** Removes a file from an item that stays. */
  removeFile(itemId: string, name: string): void;
  expireDownloadSession(sessionId: string): void;
  cancelDownloadSession(sessionId: string): void;
  /** Every token is refused from now on. */
  expireLogins(): void;
  close(): Promise<void>;
}

/**
 * Starts a vCenter as far as content libraries go: `/api`, `/rest` with JSON and with XML, and the bytes, over
 * HTTPS with a certificate of its own.
 * @throws the file system's error for a file that cannot be read, the network's for a port that is taken
 */
export async function startVcenter(options: VcenterOptions): Promise<VcenterSimulator> {
  const { username = "administrator@vsphere.local", password = randomUUID(), now = Date.now } = options;
  const behaviour: Behaviour = { ...defaultBehaviour(), ...options.behaviour };
  const certificate = await makeCertificate("localhost");
  const inventory = await Inventory.of(options.libraries);
  const logins = new Logins([{ username, password }, ...(options.otherUsers ?? [])], behaviour, now);
  const sessions = new DownloadSessions(behaviour, logins, now);
  const faults = new Faults();
  const requests: RequestRecord[] = [];
  const transfers: Transfer[] = [];

  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const exchange = new Exchange(request, response);
    requests.push(exchange.record);
    const { pathname } = exchange.url;
    const answered = pathname.startsWith("/cls/data/")
      ? answerData(vcenter, faults, transfers, exchange)
      : answerApi(vcenter, faults, exchange);
    answered.catch((error) => exchange.fail(error));
  };
  const main = await listen(answer, options.port ?? 0, certificate);
  const others = new Map<string, Promise<Listener>>();
  const other = (name: string, start: () => Promise<Listener>) => {
    const listener = others.get(name) ?? start();
    others.set(name, listener);
    return listener;
  };
  const endpoints = new Endpoints(behaviour, {
    samePort: () => main,
    secondPort: () =>
      other("second-port", async () => listen(answer, 0, await makeCertificate("transfer service"))),
    http: () => other("http", () => listen(answer, 0, undefined)),
  });
  const vcenter: Vcenter = { behaviour, inventory, logins, sessions, endpoints, now };

  const close = async () => {
    const listeners = await Promise.all(others.values());
    await Promise.all([main, ...listeners].map((listener) => listener.close()));
  };
  return {
    url: main.url,
    username,
    password,
    certificate: certificate.certificate,
    thumbprint: certificate.thumbprint,
    thumbprintSha256: certificate.thumbprintSha256,
    behaviour,
    itemId: (name) => idOf(inventory.items, name),
    libraryId: (name) => idOf(inventory.libraries, name),
    openDownloadSessions: () => sessions.open(),
    openLogins: () => logins.open(),
    loginAttempts: () => logins.attempts,
    requests,
    transfers,
    faultsMet: faults.taken,
    forgetHistory() {
      for (const history of [requests, transfers, faults.taken]) history.length = 0;
    },
    touchItem(itemId) {
      inventory.item(itemId).contentVersion += 1;
    },
    addItem: (libraryId, item) => inventory.addItem(libraryId, item),
    renameItem(itemId, name) {
      inventory.item(itemId).name = name;
    },
    removeItem: (itemId) => inventory.removeItem(itemId),
    replaceFile: (itemId, file) => inventory.replaceFile(itemId, file),
    removeFile: (itemId, name) => inventory.removeFile(itemId, name),
    expireDownloadSession: (sessionId) => sessions.expire(sessionId),
    cancelDownloadSession: (sessionId) => sessions.cancel(sessionId),
    expireLogins: () => logins.expireAll(),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function idOf(entries: { id: string; name: string }[], name: string): string {
  const entry = entries.find((candidate) => candidate.name === name);
  if (!entry) throw new Error(`the simulator has nothing named ${name}`);
  return entry.id;
}
