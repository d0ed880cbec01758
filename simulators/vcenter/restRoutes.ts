import type { Route } from "./routes.ts";

const CONTENT = "/rest/com/vmware/content";
const SESSION = `${CONTENT}/library/item/download-session`;
// Without the hyphen, unlike the session itself.
const SESSION_FILE = `${CONTENT}/library/item/downloadsession/file`;

/** `/rest`, the same for JSON and XML: ids behind `id:`, `~action`, 200 for everything that goes well. */
export const restRoutes: Route[] = [
  { method: "POST", path: "/rest/com/vmware/cis/session", operation: "session.create" },
  { method: "POST", path: "/rest/com/vmware/cis/session", action: "get", operation: "session.get" },
  { method: "DELETE", path: "/rest/com/vmware/cis/session", operation: "session.delete" },

  { method: "GET", path: `${CONTENT}/library`, operation: "library.list" },
  { method: "POST", path: `${CONTENT}/library`, action: "find", operation: "library.find", wrapper: "spec" },
  { method: "GET", path: `${CONTENT}/library/id:{library_id}`, operation: "library.get" },

  { method: "GET", path: `${CONTENT}/library/item`, operation: "item.list" },
  {
    method: "POST",
    path: `${CONTENT}/library/item`,
    action: "find",
    operation: "item.find",
    wrapper: "spec",
  },
  { method: "GET", path: `${CONTENT}/library/item/id:{library_item_id}`, operation: "item.get" },

  { method: "GET", path: `${CONTENT}/library/item/file`, operation: "item-file.list" },
  {
    method: "POST",
    path: `${CONTENT}/library/item/file/id:{library_item_id}`,
    action: "get",
    operation: "item-file.get",
  },

  { method: "POST", path: SESSION, operation: "download-session.create", wrapper: "create_spec" },
  { method: "GET", path: SESSION, operation: "download-session.list" },
  { method: "GET", path: `${SESSION}/id:{download_session_id}`, operation: "download-session.get" },
  { method: "DELETE", path: `${SESSION}/id:{download_session_id}`, operation: "download-session.delete" },
  ...(["keep-alive", "cancel", "fail"] as const).map((action): Route => {
    return {
      method: "POST",
      path: `${SESSION}/id:{download_session_id}`,
      action,
      operation: `download-session.${action}`,
    };
  }),

  { method: "GET", path: SESSION_FILE, operation: "download-session-file.list" },
  ...(["get", "prepare"] as const).map((action): Route => {
    const path = `${SESSION_FILE}/id:{download_session_id}`;
    return { method: "POST", path, action, operation: `download-session-file.${action}` };
  }),
];
