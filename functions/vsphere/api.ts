import { type Dialect, isStructure } from "./dialect.ts";
import { Fields } from "./fields.ts";
import { jsonCodec } from "./json.ts";
import type { OperationId } from "./operations.ts";
import { expandRoute } from "./route.ts";

/**
 * `/api`: vCenter since 7.0 U2. Its peculiarities: bare ids in the path and `action` for verbs; a file is got by
 * GET, with its name in the query; the client token is in the query (7.0, 8.0) or a header (later references):
 * both are sent; a specification is the body itself, and a result is bare; creation is 201, no result 204.
 *
 * Sources: OpenAPI of 7.0.3 and 8.0.2; vSphere Automation API reference.
 */
export const apiDialect: Dialect = {
  name: "api",
  codec: jsonCodec,
  logInHeaders: {},
  encode(operationId, parameters) {
    const { method, path, body } = expandRoute(ROUTES[operationId], "/api/", parameters);
    const headers: Record<string, string> = {};
    if (parameters.client_token !== undefined) headers["client-token"] = String(parameters.client_token);
    const [first, ...others] = Object.values(body);
    if (first === undefined) return { method, path, headers, body: undefined };
    return { method, path, headers, body: others.length === 0 && isStructure(first) ? first : body };
  },
  result: (answer) => answer,
  error(answer) {
    const fields = new Fields(answer);
    return { type: fields.optionalText("error_type"), messages: fields.list("messages") };
  },
};

const ROUTES: Record<OperationId, string> = {
  logIn: "POST session",
  getLoginSession: "GET session",
  logOut: "DELETE session",

  listLibraries: "GET content/library",
  findLibraries: "POST content/library?action=find",
  getLibrary: "GET content/library/{library_id}",

  listItems: "GET content/library/item?library_id={library_id}",
  findItems: "POST content/library/item?action=find",
  getItem: "GET content/library/item/{library_item_id}",
  listItemFiles: "GET content/library/item/{library_item_id}/file",
  getItemFile: "GET content/library/item/{library_item_id}/file?name={name}",

  createDownloadSession: "POST content/library/item/download-session?client_token={client_token}",
  listDownloadSessions: "GET content/library/item/download-session?library_item_id={library_item_id}",
  getDownloadSession: "GET content/library/item/download-session/{download_session_id}",
  keepDownloadSessionAlive:
    "POST content/library/item/download-session/{download_session_id}?action=keep-alive",
  cancelDownloadSession: "POST content/library/item/download-session/{download_session_id}?action=cancel",
  failDownloadSession: "POST content/library/item/download-session/{download_session_id}?action=fail",
  deleteDownloadSession: "DELETE content/library/item/download-session/{download_session_id}",

  listSessionFiles: "GET content/library/item/download-session/{download_session_id}/file",
  getSessionFile:
    "GET content/library/item/download-session/{download_session_id}/file?file_name={file_name}",
  prepareSessionFile: "POST content/library/item/download-session/{download_session_id}/file?action=prepare",
};
