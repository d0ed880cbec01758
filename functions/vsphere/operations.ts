import * as answers from "./answers.ts";
import type {
  DownloadSession,
  DownloadSessionFile,
  ItemFile,
  Library,
  LibraryItem,
  LoginSession,
} from "./model.ts";
import type { Repeatable } from "./retry.ts";

/** What each operation returns. */
export interface Results {
  logIn: string;
  getLoginSession: LoginSession;
  logOut: undefined;
  listLibraries: string[];
  findLibraries: string[];
  getLibrary: Library;
  listItems: string[];
  findItems: string[];
  getItem: LibraryItem;
  listItemFiles: ItemFile[];
  getItemFile: ItemFile;
  createDownloadSession: string;
  listDownloadSessions: string[];
  getDownloadSession: DownloadSession;
  keepDownloadSessionAlive: undefined;
  cancelDownloadSession: undefined;
  failDownloadSession: undefined;
  deleteDownloadSession: undefined;
  listSessionFiles: DownloadSessionFile[];
  getSessionFile: DownloadSessionFile | undefined;
  prepareSessionFile: DownloadSessionFile | undefined;
}

export type OperationId = keyof Results;

/** One operation of the vSphere Automation API, apart from how a dialect puts it. */
export interface Operation<Result> {
  /** The service's id with slashes. */
  service: string;
  /** As in XML's `<name>-Input`; messages use its words. */
  name: string;
  /** What it is about, for messages; `{...}` stands for a parameter, by the name that the API gives it. */
  subject: string;
  /** `always` where nothing else is said. */
  repeatable?: Repeatable;
  /** Sent even after the client's signal was aborted, so that a stop leaves nothing behind. */
  endsSomething?: true;
  /** @throws Malformed */
  read(result: unknown): Result;
}

const LOGIN = "cis/session";
const LIBRARY = "content/library";
const ITEM = "content/library/item";
const ITEM_FILE = "content/library/item/file";
const SESSION = "content/library/item/download_session";
const SESSION_FILE = "content/library/item/downloadsession/file";

const ofSession = "download session {download_session_id}";
const fileOfSession = 'file "{file_name}" of download session {download_session_id}';
const { nothing, ids } = answers;

/** Every operation that is used. Where its parameters go is in rest.ts and api.ts. */
export const operations: { [Id in OperationId]: Operation<Results[Id]> } = {
  // A log-in whose answer was lost may have been refused, and refusals are counted towards the account's lock.
  logIn: {
    service: LOGIN,
    name: "Create",
    subject: "log-in",
    repeatable: "unless-handled",
    read: answers.id,
  },
  getLoginSession: { service: LOGIN, name: "Get", subject: "log-in", read: answers.loginSession },
  logOut: { service: LOGIN, name: "Delete", subject: "log-in", endsSomething: true, read: nothing },

  listLibraries: { service: LIBRARY, name: "List", subject: "libraries", read: ids },
  findLibraries: { service: LIBRARY, name: "Find", subject: "libraries", read: ids },
  getLibrary: { service: LIBRARY, name: "Get", subject: "library {library_id}", read: answers.library },

  listItems: { service: ITEM, name: "List", subject: "items of library {library_id}", read: ids },
  findItems: { service: ITEM, name: "Find", subject: "items", read: ids },
  getItem: { service: ITEM, name: "Get", subject: "item {library_item_id}", read: answers.item },
  listItemFiles: {
    service: ITEM_FILE,
    name: "List",
    subject: "files of item {library_item_id}",
    read: answers.itemFiles,
  },
  getItemFile: {
    service: ITEM_FILE,
    name: "Get",
    subject: 'file "{name}" of item {library_item_id}',
    read: answers.itemFile,
  },

  // The client token makes a second creation return the first one's session.
  createDownloadSession: { service: SESSION, name: "Create", subject: "download session", read: answers.id },
  listDownloadSessions: { service: SESSION, name: "List", subject: "download sessions", read: ids },
  getDownloadSession: { service: SESSION, name: "Get", subject: ofSession, read: answers.downloadSession },
  keepDownloadSessionAlive: { service: SESSION, name: "KeepAlive", subject: ofSession, read: nothing },
  cancelDownloadSession: {
    service: SESSION,
    name: "Cancel",
    subject: ofSession,
    endsSomething: true,
    read: nothing,
  },
  failDownloadSession: {
    service: SESSION,
    name: "Fail",
    subject: ofSession,
    repeatable: "unless-handled",
    endsSomething: true,
    read: nothing,
  },
  deleteDownloadSession: {
    service: SESSION,
    name: "Delete",
    subject: ofSession,
    endsSomething: true,
    read: nothing,
  },

  listSessionFiles: {
    service: SESSION_FILE,
    name: "List",
    subject: "files of download session {download_session_id}",
    read: answers.sessionFiles,
  },
  getSessionFile: { service: SESSION_FILE, name: "Get", subject: fileOfSession, read: answers.sessionFile },
  prepareSessionFile: {
    service: SESSION_FILE,
    name: "Prepare",
    subject: fileOfSession,
    repeatable: "unless-handled",
    read: answers.sessionFile,
  },
};
