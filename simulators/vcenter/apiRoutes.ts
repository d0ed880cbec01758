import type { Route } from "./routes.ts";

const LIBRARY = "/api/content/library";
const ITEM = `${LIBRARY}/item`;
const SESSION = `${ITEM}/download-session`;

/** `/api` (7.0U2 and later): bare bodies, `action`, 201 for what is created and 204 for no result. */
export const apiRoutes: Route[] = [
  { method: "POST", path: "/api/session", operation: "session.create", status: 201 },
  { method: "GET", path: "/api/session", operation: "session.get" },
  { method: "DELETE", path: "/api/session", operation: "session.delete", status: 204 },

  { method: "GET", path: LIBRARY, operation: "library.list" },
  { method: "POST", path: LIBRARY, action: "find", operation: "library.find" },

  { method: "GET", path: ITEM, operation: "item.list" },
  { method: "POST", path: ITEM, action: "find", operation: "item.find" },

  { method: "POST", path: SESSION, operation: "download-session.create", status: 201 },
  { method: "GET", path: SESSION, operation: "download-session.list" },
  { method: "GET", path: `${SESSION}/{download_session_id}`, operation: "download-session.get" },
  {
    method: "DELETE",
    path: `${SESSION}/{download_session_id}`,
    operation: "download-session.delete",
    status: 204,
  },
  ...(["keep-alive", "cancel", "fail"] as const).map((action): Route => {
    const path = `${SESSION}/{download_session_id}`;
    return { method: "POST", path, action, operation: `download-session.${action}`, status: 204 };
  }),

  {
    method: "GET",
    path: `${SESSION}/{download_session_id}/file`,
    query: "file_name",
    operation: "download-session-file.get",
  },
  { method: "GET", path: `${SESSION}/{download_session_id}/file`, operation: "download-session-file.list" },
  {
    method: "POST",
    path: `${SESSION}/{download_session_id}/file`,
    action: "prepare",
    operation: "download-session-file.prepare",
  },

  // After the download sessions: their paths have the shape of an item's.
  { method: "GET", path: `${ITEM}/{library_item_id}`, operation: "item.get" },
  { method: "GET", path: `${ITEM}/{library_item_id}/file`, query: "name", operation: "item-file.get" },
  { method: "GET", path: `${ITEM}/{library_item_id}/file`, operation: "item-file.list" },
  { method: "GET", path: `${LIBRARY}/{library_id}`, operation: "library.get" },
];
