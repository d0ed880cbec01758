import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startVcenter, type VcenterSimulator } from "../../simulators/vcenter/index.ts";
import { sendRaw } from "../rawRequest.ts";
import { RawClient } from "./vcenterRawClient.ts";

const hello = Buffer.from("hello, library");
const digest = createHash("SHA256").update(hello).digest("hex");
const ITEM = "item:one";
const LIBRARY = "library:one";

let simulator: VcenterSimulator;
let client: RawClient;

beforeAll(async () => {
  const files = [{ name: "hello.txt", content: hello, checksum: "SHA256" as const }];
  simulator = await startVcenter({
    libraries: [
      { id: LIBRARY, name: "Images", items: [{ id: ITEM, name: "greeting", type: "other", files }] },
    ],
  });
  client = new RawClient(simulator);
  await client.logIn();
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
  await simulator.close();
});

type Sent = [method: string, path: string, body?: unknown];

interface Row {
  operation: string;
  api: Sent;
  rest: Sent;
  answer: unknown;
}

/** The same operation, as `/api` and as `/rest` with JSON have it: `rest` wraps what `api` answers. */
const CONTENT = "/rest/com/vmware/content";
const item = expect.objectContaining({
  id: ITEM,
  library_id: LIBRARY,
  content_version: "1",
  size: 14,
  cached: true,
});
const file = {
  name: "hello.txt",
  size: 14,
  cached: true,
  version: "1",
  checksum_info: { algorithm: "SHA256", checksum: digest },
};
const rows: Row[] = [
  {
    operation: "list libraries",
    api: ["GET", "/api/content/library"],
    rest: ["GET", `${CONTENT}/library`],
    answer: [LIBRARY],
  },
  {
    operation: "find libraries, without regard to case",
    api: ["POST", "/api/content/library?action=find", { name: "iMAGES" }],
    rest: ["POST", `${CONTENT}/library?~action=find`, { spec: { name: "iMAGES" } }],
    answer: [LIBRARY],
  },
  {
    operation: "get a library",
    api: ["GET", `/api/content/library/${LIBRARY}`],
    rest: ["GET", `${CONTENT}/library/id:${LIBRARY}`],
    answer: { id: LIBRARY, name: "Images", type: "LOCAL", description: "" },
  },
  {
    operation: "list items",
    api: ["GET", `/api/content/library/item?library_id=${LIBRARY}`],
    rest: ["GET", `${CONTENT}/library/item?library_id=${LIBRARY}`],
    answer: [ITEM],
  },
  {
    operation: "find items by every member that is given",
    api: ["POST", "/api/content/library/item?action=find", { name: "greeting", library_id: "library:other" }],
    rest: [
      "POST",
      `${CONTENT}/library/item?~action=find`,
      { spec: { name: "greeting", library_id: "library:other" } },
    ],
    answer: [],
  },
  {
    operation: "get an item",
    api: ["GET", `/api/content/library/item/${ITEM}`],
    rest: ["GET", `${CONTENT}/library/item/id:${ITEM}`],
    answer: item,
  },
  {
    operation: "list an item's files",
    api: ["GET", `/api/content/library/item/${ITEM}/file`],
    rest: ["GET", `${CONTENT}/library/item/file?library_item_id=${ITEM}`],
    answer: [file],
  },
  {
    operation: "get an item's file",
    api: ["GET", `/api/content/library/item/${ITEM}/file?name=hello.txt`],
    rest: ["POST", `${CONTENT}/library/item/file/id:${ITEM}?~action=get`, { name: "hello.txt" }],
    answer: file,
  },
];
test.each(rows)("/api and /rest $operation", async ({ api, rest, answer }) => {
  expect((await client.send(...api)).json).toEqual(answer);
  expect((await client.send(...rest)).json).toEqual({ value: answer });
});

interface Dialect {
  dialect: string;
  logIn: string;
  create: [path: string, body: unknown];
  session(id: string): string;
  action: string;
  getFile(id: string): Sent;
  prepare(id: string): string;
  unwrap(json: unknown): unknown;
  created: number;
  done: number;
}

const dialects: Dialect[] = [
  {
    dialect: "/api",
    logIn: "/api/session",
    create: ["/api/content/library/item/download-session", { library_item_id: ITEM }],
    session: (id: string) => `/api/content/library/item/download-session/${id}`,
    action: "action",
    getFile: (id: string) => [
      "GET",
      `/api/content/library/item/download-session/${id}/file?file_name=hello.txt`,
    ],
    prepare: (id: string) => `/api/content/library/item/download-session/${id}/file?action=prepare`,
    unwrap: (json: unknown) => json,
    created: 201,
    done: 204,
  },
  {
    dialect: "/rest",
    logIn: "/rest/com/vmware/cis/session",
    create: [`${CONTENT}/library/item/download-session`, { create_spec: { library_item_id: ITEM } }],
    session: (id: string) => `${CONTENT}/library/item/download-session/id:${id}`,
    action: "~action",
    getFile: (id: string) => [
      "POST",
      `${CONTENT}/library/item/downloadsession/file/id:${id}?~action=get`,
      { file_name: "hello.txt" },
    ],
    prepare: (id: string) => `${CONTENT}/library/item/downloadsession/file/id:${id}?~action=prepare`,
    // What is asserted of the result fails where there is none.
    unwrap: (json: unknown) => (json as { value: unknown }).value,
    created: 200,
    done: 200,
  },
];
test.each(dialects)("a file goes from log-in to its checksum by $dialect", async (dialect) => {
  const { create, session, action, getFile, prepare, unwrap, created, done } = dialect;
  await using own = new RawClient(simulator);
  expect((await own.logIn(dialect.logIn)).status).toBe(created);
  const opened = await own.send("POST", ...create);
  expect(opened.status).toBe(created);
  const id = String(unwrap(opened.json));
  expect(id).toContain(":");

  const prepared = await own.send("POST", prepare(id), { file_name: "hello.txt" });
  expect(unwrap(prepared.json)).toEqual({
    name: "hello.txt",
    status: "PREPARED",
    bytes_transferred: 0,
    download_endpoint: {
      uri: expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d+\/cls\/data\/[0-9a-f]{32}\/hello\.txt$/),
      ssl_certificate_thumbprint: simulator.thumbprint,
    },
  });
  // As the assertion above has it.
  const { uri } = (unwrap(prepared.json) as { download_endpoint: { uri: string } }).download_endpoint;
  expect((await own.send("GET", uri)).bytes).toEqual(hello);
  expect(unwrap((await own.send(...getFile(id))).json)).toMatchObject({
    size: hello.length,
    bytes_transferred: hello.length,
    checksum_info: { algorithm: "SHA256", checksum: digest },
  });

  const keptAlive = await own.send("POST", `${session(id)}?${action}=keep-alive`, { progress: 60 });
  expect([keptAlive.status, keptAlive.text]).toEqual([done, ""]);
  expect(unwrap((await own.send("GET", session(id))).json)).toMatchObject({
    library_item_id: ITEM,
    library_item_content_version: "1",
    client_progress: 60,
    state: "ACTIVE",
  });
  expect((await own.send("DELETE", session(id))).status).toBe(done);
  expect((await own.send("GET", session(id))).status).toBe(404);
  expect((await own.send("DELETE", dialect.logIn)).status).toBe(done);
  expect((await own.send("GET", session(id))).status).toBe(401);
});

test("an error is bare in /api and named by its class in /rest", async () => {
  const messages = [
    {
      id: "simulator.not_found",
      default_message: "The download session with ID a:b could not be found.",
      args: ["a:b"],
    },
  ];
  const api = await client.send("GET", "/api/content/library/item/download-session/a:b");
  expect([api.status, api.json]).toEqual([404, { error_type: "NOT_FOUND", messages }]);
  const rest = await client.send("GET", `${CONTENT}/library/item/download-session/id:a:b`);
  expect([rest.status, rest.json]).toEqual([
    404,
    { type: "com.vmware.vapi.std.errors.not_found", value: { messages } },
  ]);
});

test.each([
  ["a number as text", { progress: "60" }],
  ["a percentage above 100", { progress: 101 }],
])("keep-alive refuses %s", async (_, body) => {
  const { json } = await client.send("POST", "/api/content/library/item/download-session", {
    library_item_id: ITEM,
  });
  const answer = await client.send(
    "POST",
    `/api/content/library/item/download-session/${json}?action=keep-alive`,
    body,
  );
  expect([answer.status, answer.json]).toMatchObject([400, { error_type: "INVALID_ARGUMENT" }]);
});

test.each([
  [
    "/rest takes no bare specification",
    `${CONTENT}/library/item/download-session`,
    { library_item_id: ITEM },
  ],
  [
    "/api takes no wrapped one",
    "/api/content/library/item/download-session",
    { create_spec: { library_item_id: ITEM } },
  ],
  ["a find needs a member", "/api/content/library?action=find", {}],
  ["a body is JSON", "/api/content/library?action=find", "<name/>"],
])("%s", async (_, path, body) => {
  expect((await client.send("POST", path, body)).status).toBe(400);
});

test("a 6.5 has no /api", async () => {
  await using old = await startVcenter({ libraries: [], behaviour: { dialects: ["rest-json", "rest-xml"] } });
  await using oldClient = new RawClient(old);
  expect((await oldClient.logIn()).status).toBe(404);
  expect((await oldClient.logIn("/rest/com/vmware/cis/session")).status).toBe(200);
});

test("what cannot be decoded as a path is not found", async () => {
  expect((await client.send("GET", "/api/content/library/item/%E0%A4%A")).status).toBe(404);
  expect((await client.send("GET", "/cls/data/0/%E0%A4%A")).status).toBe(404);
});

test.each([
  "//",
  "//[",
  "*",
  "http://[",
])("a request for %j is answered, and so is the next one", async (path) => {
  const { url, certificate } = simulator;
  expect((await sendRaw(url, { method: "OPTIONS", path }, certificate)).status).toBe(404);
  expect((await client.send("GET", "/api/content/library")).status).toBe(200);
});
