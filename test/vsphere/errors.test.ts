import { expect, test } from "vitest";
import * as errors from "../../functions/errors.ts";
import { silentLogger } from "../../functions/log.ts";
import { logIn } from "../../functions/vsphere/client.ts";
import type { DialectName } from "../../functions/vsphere/model.ts";
import { fakeClock } from "../clocks.ts";
import { type Scripted, startScriptedVcenter } from "./scriptedVcenter.ts";

/** The error that a call meets when its answer is this one. */
async function errorOf(answer: Scripted, dialect: DialectName = "rest-json"): Promise<unknown> {
  await using vcenter = await startScriptedVcenter(answer);
  const client = await logIn(vcenter.profile({ dialect }), { clock: fakeClock(), log: silentLogger });
  try {
    return await client.getItem("i:1").catch((error: unknown) => error);
  } finally {
    await client.logOut();
  }
}

function restBody(type: string, default_message: string, rest: object = {}): string {
  const messages = [{ id: `com.example.${type}`, default_message, args: ["i:1"] }];
  return JSON.stringify({ type: `com.vmware.vapi.std.errors.${type}`, value: { messages, ...rest } });
}

const HINT =
  '. The role needs the privilege "Content library > Download files", given as a global permission';

test.each([
  { status: 400, type: "invalid_argument", name: "InvalidArgument" },
  { status: 400, type: "not_allowed_in_current_state", name: "NotAllowedInCurrentState" },
  { status: 400, type: "something_new", name: "InvalidArgument" },
  { status: 403, type: "unauthorized", name: "PermissionDenied" },
  { status: 404, type: "not_found", name: "NotFound" },
  { status: 404, type: "internal_server_error", name: "NotFound" },
  { status: 404, type: "not_allowed_in_current_state", name: "NotFound" },
  { status: 429, type: "resource_busy", name: "VcenterUnavailable" },
  { status: 500, type: "internal_server_error", name: "VcenterFailure" },
  { status: 500, type: "not_found", name: "NotFound" },
  { status: 500, type: "service_unavailable", name: "VcenterUnavailable" },
  { status: 502, type: "error", name: "VcenterUnavailable" },
  { status: 503, type: "service_unavailable", name: "VcenterUnavailable" },
  { status: 504, type: "timed_out", name: "VcenterUnavailable" },
  { status: 418, type: "error", name: "VcenterFailure" },
])("$status with the type $type is $name, in vCenter's words", async ({ status, type, name }) => {
  const errorType = type.toUpperCase();
  const messages = [{ id: `com.example.${type}`, defaultMessage: "In its own words.", args: ["i:1"] }];
  const expected = { name, status, errorType, messages };
  const rest = await errorOf({ status, body: restBody(type, "In its own words.") });
  expect(rest).toMatchObject(expected);
  expect(rest).toHaveProperty(
    "message",
    `[GET get] item i:1: ${status} ${errorType}: In its own words.${name === "PermissionDenied" ? HINT : ""}`,
  );

  const { value } = JSON.parse(restBody(type, "In its own words."));
  const body = JSON.stringify({ error_type: errorType, ...value });
  expect(await errorOf({ status, body }, "api")).toMatchObject(expected);
});

test("the error type of newer vCenters goes before the name of the /rest type", async () => {
  const body = restBody("error", "Words.", { error_type: "NOT_ALLOWED_IN_CURRENT_STATE" });
  expect(await errorOf({ status: 400, body })).toMatchObject({ name: "NotAllowedInCurrentState" });
});

const XML_MESSAGE =
  "<messages-array><array-item><id>m</id><default_message>Gone.</default_message>" +
  "<args-array><array-item>i:1</array-item></args-array></array-item></messages-array>";
test.each([
  {
    where: "as JSON has it",
    body: `<e><type>com.vmware.vapi.std.errors.not_found</type><value>${XML_MESSAGE}</value></e>`,
  },
  { where: "flat", body: `<e><error_type>NOT_FOUND</error_type>${XML_MESSAGE}</e>` },
  { where: "under a root named after it", body: `<n:not_found xmlns:n="x">${XML_MESSAGE}</n:not_found>` },
])("an error in XML is read $where", async ({ body }) => {
  expect(await errorOf({ status: 404, body }, "rest-xml")).toMatchObject({
    name: "NotFound",
    errorType: "NOT_FOUND",
    messages: [{ id: "m", defaultMessage: "Gone.", args: ["i:1"] }],
  });
});

test.each([
  { what: "nothing", body: "", dialect: "rest-xml" },
  { what: "plain text", body: "404 page not found\n", dialect: "rest-json" },
  { what: "broken JSON", body: '{"type":', dialect: "api" },
  { what: "broken XML", body: "<a><b>", dialect: "rest-xml" },
  { what: "nothing that is known", body: "<error>Gone</error>", dialect: "rest-xml" },
  { what: "a document type", body: "<!DOCTYPE a><a/>", dialect: "rest-xml" },
  { what: "messages of another shape", body: '{"messages":"none"}', dialect: "api" },
  { what: "bytes that are no text", body: Buffer.from([0xff, 0xfe]), dialect: "api" },
] as const)("an error that says $what is told by its status", async ({ body, dialect }) => {
  const error = await errorOf({ status: 404, body }, dialect);
  expect(error).toMatchObject({ name: "NotFound", status: 404, errorType: undefined, messages: [] });
  expect(String(error)).toContain("404");
});

test.each([
  { status: 404, says: "404 Not Found" },
  { status: 599, says: "599" },
])("an error of $status that says nothing is described by no more than that", async ({ status, says }) => {
  expect(await errorOf({ status })).toHaveProperty("message", `[GET get] item i:1: ${says}`);
});

test("messages without words are left out", async () => {
  const messages = [{}, { default_message: "In its own words." }, { id: "com.example.id" }];
  const body = JSON.stringify({ error_type: "ERROR", messages });
  expect(await errorOf({ status: 500, body }, "api")).toHaveProperty(
    "message",
    "[GET get] item i:1: 500 ERROR: In its own words. com.example.id",
  );
});

test("a proxy's page is named as one, whatever its status", async () => {
  const page = { headers: { "content-type": "text/html; charset=utf-8" }, body: "<html>Blocked</html>" };
  const denied = await errorOf({ status: 403, ...page });
  expect(denied).toMatchObject({ name: "PermissionDenied" });
  expect(String(denied)).toContain("HTML page");
  const answered = await errorOf({ body: "\n<!DOCTYPE html><html></html>" }, "rest-xml");
  expect(answered).toMatchObject({ name: "UnexpectedResponse", status: 200 });
  expect(String(answered)).toContain("HTML page");
});

test("vCenter's words that quote a page are no page", async () => {
  const headers = { "content-type": 'application/json; profile="text/html"' };
  const error = await errorOf({ status: 500, headers, body: restBody("error", "It said <html>.") });
  expect(error).toMatchObject({ name: "VcenterFailure", messages: [{ defaultMessage: "It said <html>." }] });
});

test("a redirect is not followed", async () => {
  const error = await errorOf({ status: 307, headers: { location: "https://elsewhere.example.com/" } });
  expect(error).toMatchObject({ name: "UnexpectedResponse", status: 307 });
  expect(String(error)).not.toContain("elsewhere");
});

test("very long words are cut in the message, and kept beside it", async () => {
  const words = "word ".repeat(1000);
  const error = await errorOf({ status: 500, body: restBody("error", words) });
  if (!(error instanceof errors.VcenterFailure))
    throw new Error("another error was expected", { cause: error });
  expect(error.message.length).toBeLessThan(1200);
  expect(error.messages[0]?.defaultMessage).toBe(words);
});

test("JSON is read whatever media type the server gives it", async () => {
  await using vcenter = await startScriptedVcenter({
    headers: { "content-type": "text/plain; charset=utf-8" },
    body: '{"value":["l"]}',
  });
  const client = await logIn(vcenter.profile(), { clock: fakeClock(), log: silentLogger });
  expect(await client.listLibraries()).toEqual(["l"]);
  await client.logOut();
});
