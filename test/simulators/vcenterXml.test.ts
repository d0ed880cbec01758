import { XMLParser } from "fast-xml-parser";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startVcenter, type VcenterSimulator } from "../../simulators/vcenter/index.ts";
import { RawClient } from "./vcenterRawClient.ts";

const XML = { "content-type": "application/xml", accept: "application/xml" };
const SESSIONS = "/rest/com/vmware/content/library/item/download-session";
const FILES = "/rest/com/vmware/content/library/item/downloadsession/file";

let simulator: VcenterSimulator;
let client: RawClient;

beforeAll(async () => {
  const files = [{ name: "a <b> & ü.ova", content: Buffer.from("bytes") }];
  simulator = await startVcenter({
    libraries: [{ name: "images", items: [{ name: "one", type: "ovf", files }] }],
  });
  client = new RawClient(simulator);
  await client.logIn("/rest/com/vmware/cis/session");
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
  await simulator.close();
});

function input(operation: string, service: string, members: string): string {
  return `<?xml version="1.0"?><x:${operation}-Input xmlns:x="http://vmware.com/${service}">${members}</x:${operation}-Input>`;
}

function parse(text: string): unknown {
  return new XMLParser({ ignoreAttributes: false, ignoreDeclaration: true, parseTagValue: false }).parse(
    text,
  );
}

async function createSession(): Promise<string> {
  const body = input(
    "Create",
    "content/library/item/download_session",
    `<create_spec><library_item_id>${simulator.itemId("one")}</library_item_id></create_spec>`,
  );
  const { text } = await client.send("POST", SESSIONS, body, XML);
  return /<value>(.*)<\/value>/.exec(text)?.[1] ?? "";
}

test("log-in answers a Create-Result in the namespace of the session service", async () => {
  const { username, password } = simulator;
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
  const answer = await client.send("POST", "/rest/com/vmware/cis/session", undefined, {
    ...XML,
    authorization,
  });
  expect(answer.headers["content-type"]).toBe("application/xml");
  expect(parse(answer.text)).toMatchObject({
    "ns0:Create-Result": {
      "@_xmlns:ns0": "http://vmware.com/cis/session",
      value: expect.stringMatching(/^[0-9a-f]{32}$/),
    },
  });
});

test("a list is value-array with an array-item for each value", async () => {
  const answer = await client.send("GET", "/rest/com/vmware/content/library", undefined, XML);
  expect(parse(answer.text)).toMatchObject({
    "ns0:List-Result": { "value-array": { "array-item": simulator.libraryId("images") } },
  });
});

test("an empty list is an empty value-array", async () => {
  const answer = await client.send("GET", SESSIONS, undefined, XML);
  expect(answer.text).toMatch(/<value-array><\/value-array>|<value-array\/>/);
});

test("prepare takes and gives a structure, with names escaped and unset members absent", async () => {
  const id = await createSession();
  const body = input(
    "Prepare",
    "content/library/item/downloadsession/file",
    "<endpoint_type>HTTPS</endpoint_type><file_name>a &lt;b&gt; &amp; ü.ova</file_name>",
  );
  const answer = await client.send("POST", `${FILES}/id:${id}?~action=prepare`, body, XML);
  expect(answer.status).toBe(200);
  expect(parse(answer.text)).toEqual({
    "ns0:Prepare-Result": {
      "@_xmlns:ns0": "http://vmware.com/content/library/item/downloadsession/file",
      "@_xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
      value: {
        name: "a <b> & ü.ova",
        status: "PREPARED",
        bytes_transferred: "0",
        download_endpoint: {
          uri: expect.stringContaining("a%20%3Cb%3E%20%26%20%C3%BC.ova"),
          ssl_certificate_thumbprint: simulator.thumbprint,
        },
      },
    },
  });
});

test("a member that is nil is as if it were absent", async () => {
  const id = await createSession();
  const nil = '<endpoint_type xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/>';
  const body = input(
    "Prepare",
    "content/library/item/downloadsession/file",
    `${nil}<file_name>a &lt;b&gt; &amp; ü.ova</file_name>`,
  );
  expect((await client.send("POST", `${FILES}/id:${id}?~action=prepare`, body, XML)).status).toBe(200);
});

test("keep-alive reads the number from text and answers nothing", async () => {
  const id = await createSession();
  const body = input("KeepAlive", "content/library/item/download_session", "<progress>42</progress>");
  const answer = await client.send("POST", `${SESSIONS}/id:${id}?~action=keep-alive`, body, XML);
  expect([answer.status, answer.text]).toEqual([200, ""]);
  const session = await client.send("GET", `${SESSIONS}/id:${id}`, undefined, XML);
  expect(parse(session.text)).toMatchObject({ "ns0:Get-Result": { value: { client_progress: "42" } } });
});

test.each([
  ["the root of another operation", input("Get", "content/library/item/downloadsession/file", "")],
  ["the namespace of another service", input("Prepare", "content/library/item/download_session", "")],
  ["no well-formed XML", "<x:Prepare-Input"],
])("a body with %s is an invalid argument", async (_, body) => {
  const answer = await client.send("POST", `${FILES}/id:${await createSession()}?~action=prepare`, body, XML);
  expect(answer.status).toBe(400);
  expect(answer.text).toContain("<type>com.vmware.vapi.std.errors.invalid_argument</type>");
});

test("an error keeps the structure it has in JSON", async () => {
  const answer = await client.send("GET", `${SESSIONS}/id:nothing`, undefined, XML);
  expect(answer.status).toBe(404);
  expect(parse(answer.text)).toMatchObject({
    "ns0:error": {
      type: "com.vmware.vapi.std.errors.not_found",
      value: {
        "messages-array": {
          "array-item": {
            default_message: "The download session with ID nothing could not be found.",
            "args-array": { "array-item": "nothing" },
          },
        },
      },
    },
  });
});

test("a server that no longer speaks XML answers JSON to who accepts it", async () => {
  await using newer = await startVcenter({ libraries: [], behaviour: { dialects: ["api", "rest-json"] } });
  await using newerClient = new RawClient(newer);
  await newerClient.logIn("/rest/com/vmware/cis/session");
  const answer = await newerClient.send("GET", "/rest/com/vmware/content/library", undefined, {
    accept: "application/xml, application/json",
  });
  expect(answer.json).toEqual({ value: [] });
});
