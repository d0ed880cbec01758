import type { Arguments } from "./arguments.ts";
import type { Behaviour } from "./behaviour.ts";
import type { DownloadSessions } from "./downloadSessions.ts";
import type { Endpoints } from "./endpoints.ts";
import type { Inventory } from "./inventory.ts";
import type { Login, Logins } from "./logins.ts";
import { itemFileModel, itemModel, sessionFileModel, sessionModel } from "./models.ts";
import { prepareSessionFile, sessionFile } from "./prepare.ts";
import { invalidArgument, notFound, unauthorized } from "./vapiError.ts";

/** What every operation works on. */
export interface Vcenter {
  behaviour: Behaviour;
  inventory: Inventory;
  logins: Logins;
  sessions: DownloadSessions;
  endpoints: Endpoints;
  now: () => number;
}

export interface Call {
  login: Login;
  args: Arguments;
}

type Operation = (vcenter: Vcenter, call: Call) => unknown;

/**
 * The operations by their vAPI service and name, the same for every dialect. A result has the members' names as
 * they go over the wire; `undefined` is an operation without a result. `session.create` is not among them: it is
 * the one that needs no log-in.
 */
export const operations = {
  "session.get": (_, { login }) => ({
    user: login.username,
    created_time: new Date(login.createdTime).toISOString(),
    last_accessed_time: new Date(login.lastAccessedTime).toISOString(),
  }),
  "session.delete": ({ logins }, { login }) => logins.logOut(login),

  "library.list": (vcenter) => visibleLibraries(vcenter).map(({ id }) => id),
  "library.find": (vcenter, { args }) => {
    const matches = matcher(args, ["name", "type"]);
    return visibleLibraries(vcenter)
      .filter(matches)
      .map(({ id }) => id);
  },
  "library.get": (vcenter, { args }) => {
    const library = vcenter.inventory.library(args.text("library_id"));
    if (!vcenter.behaviour.librariesVisible) throw notFound("library", library.id);
    return library;
  },

  "item.list": (vcenter, { args }) => {
    const library = vcenter.inventory.library(args.text("library_id"));
    return visibleItems(vcenter)
      .filter((item) => item.libraryId === library.id)
      .map(({ id }) => id);
  },
  "item.find": (vcenter, { args }) => {
    const matches = matcher(args, ["name", "type", "library_id"]);
    return visibleItems(vcenter)
      .filter((item) => matches({ name: item.name, type: item.type, library_id: item.libraryId }))
      .map(({ id }) => id);
  },
  "item.get": (vcenter, { args }) => itemModel(visibleItem(vcenter, args)),

  "item-file.list": (vcenter, { args }) =>
    Promise.all(visibleItem(vcenter, args).files.map((file) => itemFileModel(vcenter, file))),
  "item-file.get": (vcenter, { args }) => {
    const name = args.text("name");
    const file = visibleItem(vcenter, args).files.find((candidate) => candidate.name === name);
    if (!file) throw notFound("file", name);
    return itemFileModel(vcenter, file);
  },

  "download-session.create": (vcenter, { login, args }) => {
    const item = visibleItem(vcenter, args);
    if (!vcenter.behaviour.mayDownload) throw unauthorized("ContentLibrary.DownloadSession");
    return vcenter.sessions.create(item, login, args.optionalText("client_token")).id;
  },
  "download-session.list": ({ sessions, inventory }, { login, args }) => {
    const itemId = args.optionalText("library_item_id");
    if (itemId !== undefined) inventory.item(itemId);
    return sessions.list(login.username, itemId).map(({ id }) => id);
  },
  "download-session.get": (vcenter, { args }) =>
    sessionModel(vcenter.behaviour, vcenter.sessions.get(sessionId(args))),
  "download-session.keep-alive": ({ sessions }, { args }) =>
    sessions.keepAlive(sessionId(args), args.optionalInteger("progress")),
  "download-session.cancel": ({ sessions }, { args }) => sessions.cancel(sessionId(args)),
  "download-session.fail": ({ sessions }, { args }) =>
    sessions.fail(sessionId(args), args.text("client_error_message")),
  "download-session.delete": ({ sessions }, { args }) => sessions.delete(sessionId(args)),

  "download-session-file.list": (vcenter, { args }) => {
    const session = vcenter.sessions.get(sessionId(args));
    return Promise.all(session.files.map((file) => sessionFileModel(vcenter, session, file)));
  },
  "download-session-file.get": (vcenter, { args }) => {
    const session = vcenter.sessions.get(sessionId(args));
    return sessionFileModel(vcenter, session, sessionFile(session, args.text("file_name")));
  },
  "download-session-file.prepare": (vcenter, { args }) => {
    const session = vcenter.sessions.get(sessionId(args));
    const file = sessionFile(session, args.text("file_name"));
    prepareSessionFile(vcenter, session, file, args.optionalText("endpoint_type"));
    return sessionFileModel(vcenter, session, file);
  },
} satisfies Record<string, Operation>;

export type OperationName = keyof typeof operations | "session.create";

function sessionId(args: Arguments): string {
  return args.text("download_session_id");
}

function visibleLibraries({ behaviour, inventory }: Vcenter) {
  return behaviour.librariesVisible ? inventory.libraries : [];
}

function visibleItems({ behaviour, inventory }: Vcenter) {
  return behaviour.librariesVisible ? inventory.items : [];
}

function visibleItem(vcenter: Vcenter, args: Arguments) {
  const id = args.text("library_item_id");
  if (!vcenter.behaviour.librariesVisible) throw notFound("library item", id);
  return vcenter.inventory.item(id);
}

/** A find takes the members that are given, and compares without regard to case. */
function matcher<Name extends string>(args: Arguments, names: Name[]) {
  const wanted = names.flatMap((name) => {
    const value = args.optionalText(name);
    return value === undefined ? [] : [{ name, value: value.toLowerCase() }];
  });
  if (wanted.length === 0)
    throw invalidArgument("At least one property of the find specification must be set.");
  return (candidate: Record<Name, string>) =>
    wanted.every(({ name, value }) => candidate[name].toLowerCase() === value);
}
