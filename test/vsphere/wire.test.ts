import { describe, expect, test } from "vitest";
import { systemClock } from "../../functions/clock.ts";
import { silentLogger } from "../../functions/log.ts";
import { logIn } from "../../functions/vsphere/client.ts";
import type { DialectName, VcenterClient } from "../../functions/vsphere/model.ts";
import { startScriptedVcenter, token } from "./scriptedVcenter.ts";

const CLIENT_TOKEN = "c0ffee00-0000-4000-8000-000000000000";
const SESSION = "815994e5:9c7e16e9";
const FILE = "a b&c.iso";

interface Row {
  what: string;
  call(client: VcenterClient): Promise<unknown>;
  /** Request line, and the body if there is one. */
  api: [line: string, body?: object];
  rest: [line: string, body?: object];
  /** Root, namespace and content of the XML body. */
  xml?: [root: string, namespace: string, content: string];
}

const rest = "/rest/com/vmware/content/library";
const api = "/api/content/library";
const rows: Row[] = [
  {
    what: "who is logged in",
    call: (client) => client.getLoginSession(),
    api: ["GET /api/session"],
    rest: ["POST /rest/com/vmware/cis/session?~action=get"],
  },
  {
    what: "list of libraries",
    call: (client) => client.listLibraries(),
    api: [`GET ${api}`],
    rest: [`GET ${rest}`],
  },
  {
    what: "search for libraries",
    call: (client) => client.findLibraries({ name: "Gold & Co" }),
    api: [`POST ${api}?action=find`, { name: "Gold & Co" }],
    rest: [`POST ${rest}?~action=find`, { spec: { name: "Gold & Co" } }],
    xml: ["Find", "content/library", "<spec><name>Gold &amp; Co</name></spec>"],
  },
  {
    what: "library",
    call: (client) => client.getLibrary("lib/1"),
    api: [`GET ${api}/lib%2F1`],
    rest: [`GET ${rest}/id:lib%2F1`],
  },
  {
    what: "list of items",
    call: (client) => client.listItems("a:b c"),
    api: [`GET ${api}/item?library_id=a%3Ab%20c`],
    rest: [`GET ${rest}/item?library_id=a%3Ab%20c`],
  },
  {
    what: "search for items",
    call: (client) => client.findItems({ name: "n", libraryId: "l", type: "ovf" }),
    api: [`POST ${api}/item?action=find`, { name: "n", library_id: "l", type: "ovf" }],
    rest: [`POST ${rest}/item?~action=find`, { spec: { name: "n", library_id: "l", type: "ovf" } }],
    xml: [
      "Find",
      "content/library/item",
      "<spec><name>n</name><library_id>l</library_id><type>ovf</type></spec>",
    ],
  },
  {
    what: "item",
    call: (client) => client.getItem("i:1"),
    api: [`GET ${api}/item/i:1`],
    rest: [`GET ${rest}/item/id:i:1`],
  },
  {
    what: "list of an item's files",
    call: (client) => client.listItemFiles("i:1"),
    api: [`GET ${api}/item/i:1/file`],
    rest: [`GET ${rest}/item/file?library_item_id=i%3A1`],
  },
  {
    what: "file of an item",
    call: (client) => client.getItemFile("i:1", FILE),
    api: [`GET ${api}/item/i:1/file?name=a%20b%26c.iso`],
    rest: [`POST ${rest}/item/file/id:i:1?~action=get`, { name: FILE }],
    xml: ["Get", "content/library/item/file", "<name>a b&amp;c.iso</name>"],
  },
  {
    what: "new download session",
    call: (client) => client.createDownloadSession("i:1", CLIENT_TOKEN),
    api: [`POST ${api}/item/download-session?client_token=${CLIENT_TOKEN}`, { library_item_id: "i:1" }],
    rest: [
      `POST ${rest}/item/download-session`,
      { client_token: CLIENT_TOKEN, create_spec: { library_item_id: "i:1" } },
    ],
    xml: [
      "Create",
      "content/library/item/download_session",
      `<client_token>${CLIENT_TOKEN}</client_token><create_spec><library_item_id>i:1</library_item_id></create_spec>`,
    ],
  },
  {
    what: "list of all download sessions",
    call: (client) => client.listDownloadSessions(),
    api: [`GET ${api}/item/download-session`],
    rest: [`GET ${rest}/item/download-session`],
  },
  {
    what: "list of an item's download sessions",
    call: (client) => client.listDownloadSessions("i:1"),
    api: [`GET ${api}/item/download-session?library_item_id=i%3A1`],
    rest: [`GET ${rest}/item/download-session?library_item_id=i%3A1`],
  },
  {
    what: "download session",
    call: (client) => client.getDownloadSession(SESSION),
    api: [`GET ${api}/item/download-session/${SESSION}`],
    rest: [`GET ${rest}/item/download-session/id:${SESSION}`],
  },
  {
    what: "keep-alive with progress",
    call: (client) => client.keepDownloadSessionAlive(SESSION, 37),
    api: [`POST ${api}/item/download-session/${SESSION}?action=keep-alive`, { progress: 37 }],
    rest: [`POST ${rest}/item/download-session/id:${SESSION}?~action=keep-alive`, { progress: 37 }],
    xml: ["KeepAlive", "content/library/item/download_session", "<progress>37</progress>"],
  },
  {
    what: "keep-alive without progress",
    call: (client) => client.keepDownloadSessionAlive(SESSION),
    api: [`POST ${api}/item/download-session/${SESSION}?action=keep-alive`],
    rest: [`POST ${rest}/item/download-session/id:${SESSION}?~action=keep-alive`],
  },
  {
    what: "cancellation",
    call: (client) => client.cancelDownloadSession(SESSION),
    api: [`POST ${api}/item/download-session/${SESSION}?action=cancel`],
    rest: [`POST ${rest}/item/download-session/id:${SESSION}?~action=cancel`],
  },
  {
    what: "failure",
    call: (client) => client.failDownloadSession(SESSION, "no space"),
    api: [`POST ${api}/item/download-session/${SESSION}?action=fail`, { client_error_message: "no space" }],
    rest: [
      `POST ${rest}/item/download-session/id:${SESSION}?~action=fail`,
      { client_error_message: "no space" },
    ],
    xml: [
      "Fail",
      "content/library/item/download_session",
      "<client_error_message>no space</client_error_message>",
    ],
  },
  {
    what: "deletion",
    call: (client) => client.deleteDownloadSession(SESSION),
    api: [`DELETE ${api}/item/download-session/${SESSION}`],
    rest: [`DELETE ${rest}/item/download-session/id:${SESSION}`],
  },
  {
    what: "list of a session's files",
    call: (client) => client.listSessionFiles(SESSION),
    api: [`GET ${api}/item/download-session/${SESSION}/file`],
    rest: [`GET ${rest}/item/downloadsession/file?download_session_id=815994e5%3A9c7e16e9`],
  },
  {
    what: "file of a session",
    call: (client) => client.getSessionFile(SESSION, FILE),
    api: [`GET ${api}/item/download-session/${SESSION}/file?file_name=a%20b%26c.iso`],
    rest: [`POST ${rest}/item/downloadsession/file/id:${SESSION}?~action=get`, { file_name: FILE }],
    xml: ["Get", "content/library/item/downloadsession/file", "<file_name>a b&amp;c.iso</file_name>"],
  },
  {
    what: "preparation",
    call: (client) => client.prepareSessionFile(SESSION, FILE, "HTTPS"),
    api: [
      `POST ${api}/item/download-session/${SESSION}/file?action=prepare`,
      { file_name: FILE, endpoint_type: "HTTPS" },
    ],
    rest: [
      `POST ${rest}/item/downloadsession/file/id:${SESSION}?~action=prepare`,
      { file_name: FILE, endpoint_type: "HTTPS" },
    ],
    xml: [
      "Prepare",
      "content/library/item/downloadsession/file",
      "<file_name>a b&amp;c.iso</file_name><endpoint_type>HTTPS</endpoint_type>",
    ],
  },
];

function xmlBody([root, service, content]: [string, string, string]): string {
  const namespaces = `xmlns:ns0="http://vmware.com/${service}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"`;
  return `<?xml version="1.0" encoding="UTF-8"?><ns0:${root}-Input ${namespaces}>${content}</ns0:${root}-Input>`;
}

/** What goes over the wire for a call, whatever becomes of the answer. */
async function sent(dialect: DialectName, call: Row["call"]) {
  await using vcenter = await startScriptedVcenter({ status: 400 });
  const profile = vcenter.profile({ dialect });
  const client = await logIn(profile, { clock: systemClock, log: silentLogger });
  await call(client).catch(() => {});
  await client.logOut();
  const [request, ...more] = vcenter.calls();
  if (request === undefined || more.length > 0) throw new Error("one request was expected");
  return request;
}

describe.each(rows)("the $what", ({ call, api, rest, xml }) => {
  test("is sent to /api as the reference has it", async () => {
    const { line, body, headers } = await sent("api", call);
    expect([line, body && JSON.parse(body)]).toEqual([api[0], api[1] ?? ""]);
    expect(headers["content-type"]).toBe(body ? "application/json" : undefined);
  });

  test("is sent to /rest in JSON as the reference has it", async () => {
    const { line, body, headers } = await sent("rest-json", call);
    expect([line, body && JSON.parse(body)]).toEqual([rest[0], rest[1] ?? ""]);
    expect(headers["content-type"]).toBe(body ? "application/json" : undefined);
  });

  test("is sent to /rest in XML as the 6.5 reference has it", async () => {
    const { line, body, headers } = await sent("rest-xml", call);
    expect([line, body]).toEqual([rest[0], xml ? xmlBody(xml) : ""]);
    expect(headers["content-type"]).toBe(body ? "application/xml" : undefined);
    expect(headers.accept).toBe("application/xml");
  });

  test("carries the session's token", async () => {
    expect((await sent("api", call)).headers["vmware-api-session-id"]).toBe(token(1));
  });
});

describe("logging in and out", () => {
  test.each([
    { dialect: "api", path: "/api/session", authn: undefined },
    { dialect: "rest-json", path: "/rest/com/vmware/cis/session", authn: "true" },
    { dialect: "rest-xml", path: "/rest/com/vmware/cis/session", authn: "true" },
  ] as const)("goes by HTTP Basic without a body in $dialect", async ({ dialect, path, authn }) => {
    await using vcenter = await startScriptedVcenter();
    const profile = vcenter.profile({ dialect, username: "größe@vsphere.local" });
    const client = await logIn(profile, { clock: systemClock, log: silentLogger });
    await client.logOut();
    const [first, last] = vcenter.received;
    expect(first).toMatchObject({ line: `POST ${path}`, body: "" });
    const basic = Buffer.from(`größe@vsphere.local:${profile.password}`).toString("base64");
    expect(first?.headers.authorization).toBe(`Basic ${basic}`);
    expect(first?.headers["vmware-use-header-authn"]).toBe(authn);
    expect(last?.line).toBe(`DELETE ${path}`);
    expect(last?.headers["vmware-api-session-id"]).toBe(token(1));
    expect(last?.headers.authorization).toBeUndefined();
  });

  test("a new download session in /api has its client token in query and header", async () => {
    const { headers } = await sent("api", (client) => client.createDownloadSession("i", CLIENT_TOKEN));
    expect(headers["client-token"]).toBe(CLIENT_TOKEN);
  });
});
