import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Raw, sendRaw } from "../../rawRequest.ts";
import { VcenterFixture } from "../../simulators/vcenterFixture.ts";
import { damagedBytes, damagedValue } from "../damage.ts";
import { share } from "../settings.ts";
import { anyText, inHeader, inPath } from "../text.ts";

const CONTENT = "content";

let vcenter: VcenterFixture;
let sessionId: string;
let download: string;
beforeAll(async () => {
  vcenter = await VcenterFixture.start({ "a.iso": Buffer.from(CONTENT) });
  sessionId = await vcenter.open();
  download = new URL(await vcenter.uri(sessionId, "a.iso")).pathname;
});
afterAll(() => vcenter?.[Symbol.asyncDispose]());

/** What the client has got wrong is answered as that, and never as a fault of vCenter's own. */
async function requireSense(raw: Raw): Promise<{ status: number; text: string }> {
  const { url, certificate, openLogins } = vcenter.simulator;
  const token = openLogins()[0]?.token ?? "";
  const headers = { "vmware-api-session-id": token, ...raw.headers };
  const answer = await sendRaw(url, { ...raw, headers }, certificate);
  expect(answer.status, answer.text).toBeGreaterThanOrEqual(200);
  expect(answer.status, answer.text).toBeLessThan(500);
  return answer;
}

describe("the simulator of vCenter answers", () => {
  test("every method, path and query, and goes on to answer", async () => {
    const method = fc.constantFrom("GET", "POST", "DELETE", "PUT", "OPTIONS", "HEAD");
    const start = fc.constantFrom(
      "/",
      "//",
      "/api/content/library/",
      "/api/content/library/item/",
      "/rest/com/vmware/content/library/id:",
      "/rest/com/vmware/content/library/item/download-session/id:",
      "/cls/data/",
      "/cls/data/key/",
      "http://",
    );
    const path = fc.tuple(start, inPath, inPath).map(([begin, rest, query]) => `${begin}${rest}?${query}`);
    await fc.assert(
      fc.asyncProperty(method, path, async (method, path) => void (await requireSense({ method, path }))),
      share(1 / 2),
    );
    expect((await requireSense({ method: "GET", path: "/api/content/library" })).status).toBe(200);
  });

  test("every authorization with a refusal", async () => {
    const authorization = fc.oneof(
      inHeader,
      anyText.map((text) => `Basic ${Buffer.from(text).toString("base64")}`),
    );
    const path = fc.constantFrom("/api/session", "/rest/com/vmware/cis/session");
    await fc.assert(
      fc.asyncProperty(path, authorization, async (path, authorization) => {
        expect((await requireSense({ method: "POST", path, headers: { authorization } })).status).toBe(401);
      }),
      share(1 / 3),
    );
  });

  test("every range with those bytes, or with the whole", async () => {
    const number = fc.oneof(fc.nat({ max: 9 }).map(String), fc.constantFrom("", "9".repeat(30)));
    const range = fc.oneof(
      fc.tuple(number, number).map(([first, last]) => `bytes=${first}-${last}`),
      inHeader,
    );
    await fc.assert(
      fc.asyncProperty(range, async (range) => {
        const { status, text } = await requireSense({ method: "GET", path: download, headers: { range } });
        if (status === 200) expect(text).toBe(CONTENT);
        else if (status === 206) expect(CONTENT).toContain(text || "nothing");
        else expect(status).toBe(416);
      }),
      share(1 / 3),
    );
  });

  test("every body, in JSON and in XML", async () => {
    const spec = fc.record(
      {
        name: anyText,
        type: anyText,
        library_id: anyText,
        file_name: anyText,
        endpoint_type: anyText,
        progress: fc.integer(),
      },
      { requiredKeys: [] },
    );
    const json = fc.record(
      { spec, create_spec: spec, client_token: anyText, file_name: anyText },
      { requiredKeys: [] },
    );
    const written = json.map((value) => JSON.stringify(value));
    const xml = fc
      .tuple(
        fc.constantFrom("Find", "Create", "Prepare"),
        fc.constantFrom("item", "item/download_session"),
        inPath,
      )
      .map(([name, service, text]) => {
        const namespace = `xmlns:ns0="http://vmware.com/content/library/${service}"`;
        const content = `<spec><name>${text}</name></spec><create_spec/>`;
        return `<?xml version="1.0"?><ns0:${name}-Input ${namespace}>${content}</ns0:${name}-Input>`;
      });
    const body = fc.oneof(
      written.map((text) => Buffer.from(text)),
      damagedValue(json).map((value) => Buffer.from(JSON.stringify(value) ?? "")),
      damagedBytes(written),
      xml.map((text) => Buffer.from(text)),
      damagedBytes(xml),
    );
    const type = fc.constantFrom("application/json", "application/xml", "text/plain");
    const operation = fc.constantFrom(
      "/api/content/library?action=find",
      "/api/content/library/item?action=find",
      "/api/content/library/item/download-session/SESSION?action=keep-alive",
      "/api/content/library/item/download-session/SESSION/file?action=prepare",
      "/rest/com/vmware/content/library/item?~action=find",
      "/rest/com/vmware/content/library/item/download-session",
      "/rest/com/vmware/content/library/item/downloadsession/file/id:SESSION?~action=prepare",
    );
    await fc.assert(
      fc.asyncProperty(operation, type, body, async (operation, type, body) => {
        const path = operation.replace("SESSION", sessionId);
        await requireSense({ method: "POST", path, headers: { "content-type": type }, body });
      }),
      share(2 / 3),
    );
  });
});
