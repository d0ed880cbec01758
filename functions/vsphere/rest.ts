import type { Codec, Dialect } from "./dialect.ts";
import { Fields } from "./fields.ts";
import type { OperationId } from "./operations.ts";
import { expandRoute } from "./route.ts";

/**
 * `/rest`: every vCenter since 6.0, deprecated since 7.0 U2. Its peculiarities: `id:` before ids and `~action`
 * for verbs; `download-session` but `downloadsession/file`; a file is got by POST, with its name in the body;
 * the client token is in the body; a result is wrapped in `value`, and what an error says in another; every
 * success is 200.
 *
 * Sources: vSphere 6.5 and 6.7.1 REST references; OpenAPI of 7.0.3 and 8.0.2.
 */
export function restDialect(name: Dialect["name"], codec: Codec): Dialect {
  return {
    name,
    codec,
    logInHeaders: {
      // Without it the token may come as a cookie only (govmomi sends it too).
      "vmware-use-header-authn": "true",
    },
    encode(operationId, parameters) {
      const { method, path, body } = expandRoute(ROUTES[operationId], "/rest/com/vmware/", parameters);
      const hasBody = Object.keys(body).length > 0;
      return { method, path, headers: {}, body: hasBody ? body : undefined };
    },
    result: (answer) => (answer === undefined ? undefined : new Fields(answer).raw("value")),
    error(answer) {
      const outer = new Fields(answer);
      const inner = outer.optionalStructure("value") ?? outer;
      const type = inner.optionalText("error_type") ?? outer.optionalText("error_type");
      return { type: type ?? outer.optionalText("type"), messages: inner.list("messages") };
    },
  };
}

const ROUTES: Record<OperationId, string> = {
  logIn: "POST cis/session",
  getLoginSession: "POST cis/session?~action=get",
  logOut: "DELETE cis/session",

  listLibraries: "GET content/library",
  findLibraries: "POST content/library?~action=find",
  getLibrary: "GET content/library/id:{library_id}",

  listItems: "GET content/library/item?library_id={library_id}",
  findItems: "POST content/library/item?~action=find",
  getItem: "GET content/library/item/id:{library_item_id}",
  listItemFiles: "GET content/library/item/file?library_item_id={library_item_id}",
  getItemFile: "POST content/library/item/file/id:{library_item_id}?~action=get",

  createDownloadSession: "POST content/library/item/download-session",
  listDownloadSessions: "GET content/library/item/download-session?library_item_id={library_item_id}",
  getDownloadSession: "GET content/library/item/download-session/id:{download_session_id}",
  keepDownloadSessionAlive:
    "POST content/library/item/download-session/id:{download_session_id}?~action=keep-alive",
  cancelDownloadSession: "POST content/library/item/download-session/id:{download_session_id}?~action=cancel",
  failDownloadSession: "POST content/library/item/download-session/id:{download_session_id}?~action=fail",
  deleteDownloadSession: "DELETE content/library/item/download-session/id:{download_session_id}",

  listSessionFiles: "GET content/library/item/downloadsession/file?download_session_id={download_session_id}",
  getSessionFile: "POST content/library/item/downloadsession/file/id:{download_session_id}?~action=get",
  prepareSessionFile:
    "POST content/library/item/downloadsession/file/id:{download_session_id}?~action=prepare",
};
