import { basename } from "node:path";
import { Agent, request } from "undici";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ISO_IMAGES } from "./images.ts";
import { startVcsim, type Vcsim } from "./vcsim.ts";

const CONTENT = "/rest/com/vmware/content/library";
const FILE = basename(ISO_IMAGES.ipxe);

/** What exports from vcsim meet: were one of these gone, they would show less than docs/peers.md says. */
describe("vcsim", () => {
  let vcsim: Vcsim;
  let agent: Agent;
  let token: string;
  let session: string;

  beforeAll(async () => {
    vcsim = await startVcsim();
    agent = new Agent({ connect: { ca: vcsim.certificate } });
    await vcsim.govc("library.create", "-ds", "LocalDS_0", "images");
    await vcsim.govc("library.import", "images", ISO_IMAGES.ipxe);
    const basic = Buffer.from(`${vcsim.username}:${vcsim.password}`).toString("base64");
    const login = await ask("POST", "/rest/com/vmware/cis/session", { authorization: `Basic ${basic}` });
    token = value(login.text);
    const item = /"id":"([^"]+)"/.exec(
      (await vcsim.govc("library.info", "-json", "images/ipxe")).replaceAll(/\s/g, ""),
    );
    const spec = JSON.stringify({ create_spec: { library_item_id: item?.[1] } });
    session = value((await ask("POST", `${CONTENT}/item/download-session`, loggedIn(), spec)).text);
  });
  afterAll(async () => {
    await agent?.close();
    await vcsim?.close();
  });

  async function ask(method: "GET" | "POST" | "HEAD", path: string, headers = {}, body?: string) {
    const url = path.startsWith("https:") ? path : vcsim.url + path;
    const answer = await request(url, { method, headers, body: body ?? null, dispatcher: agent });
    return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
  }

  const loggedIn = () => ({ "vmware-api-session-id": token });

  async function prepare(name: string) {
    const path = `${CONTENT}/item/downloadsession/file/id:${session}?~action=prepare`;
    const { text } = await ask("POST", path, loggedIn(), JSON.stringify({ file_name: name }));
    const { value: file }: { value: { download_endpoint: { uri: string } } } = JSON.parse(text);
    return file;
  }

  describe("what exports from it meet", () => {
    test("a file is PREPARED at once, whatever its name", async () => {
      expect(await prepare(FILE)).toMatchObject({ status: "PREPARED" });
      expect(await prepare("nosuch.iso")).toMatchObject({ status: "PREPARED" });
    });

    test("there is neither checksum nor size nor thumbprint, after the download as before it", async () => {
      const before = await prepare(FILE);
      await ask("GET", before.download_endpoint.uri, loggedIn());
      const after = await prepare(FILE);
      for (const file of [before, after]) {
        expect(file).not.toHaveProperty("checksum_info");
        expect(file).not.toHaveProperty("size");
        expect(file.download_endpoint).not.toHaveProperty("ssl_certificate_thumbprint");
      }
    });

    test("the bytes come in chunks, with no length, whatever Range asks for", async () => {
      const { download_endpoint } = await prepare(FILE);
      const answer = await ask("GET", download_endpoint.uri, { ...loggedIn(), range: "bytes=10-19" });
      expect(answer.status).toBe(200);
      expect(answer.headers).toMatchObject({ "transfer-encoding": "chunked" });
      expect(answer.headers).not.toHaveProperty("content-length");
      expect(answer.headers).not.toHaveProperty("etag");
    });

    test("the bytes are for those alone who send the session header, and not for HEAD", async () => {
      const { download_endpoint } = await prepare(FILE);
      expect((await ask("GET", download_endpoint.uri)).status).toBe(401);
      expect((await ask("HEAD", download_endpoint.uri, loggedIn())).status).toBe(405);
    });

    test("an address that it does not know is a 404 in plain text", async () => {
      const { status, headers, text } = await ask("GET", "/api/content/library", loggedIn());
      expect({ status, text }).toEqual({ status: 404, text: "404 page not found\n" });
      expect(headers["content-type"]).toMatch(/^text\/plain/);
    });
  });
});

function value(text: string): string {
  const { value }: { value: string } = JSON.parse(text);
  return value;
}
