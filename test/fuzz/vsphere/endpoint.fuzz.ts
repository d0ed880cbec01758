import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { VcenterProfile } from "../../../functions/config.ts";
import { httpSource } from "../../../functions/transfer/source/httpSource.ts";
import { downloadTarget } from "../../../functions/vsphere/endpoint.ts";
import type { DownloadTarget } from "../../../functions/vsphere/model.ts";
import { damagedBytes } from "../damage.ts";
import { outcomeNow, outcomeOf } from "../outcome.ts";
import { share } from "../settings.ts";
import { anyText } from "../text.ts";

const TOKEN = randomUUID();
const CAPABILITY = "whoever-has-this-may-download";

function targetOf(uri: string, change: Partial<VcenterProfile> = {}): DownloadTarget {
  const profile: VcenterProfile = {
    name: "lab",
    url: "https://vcenter.example.com",
    username: "exporter",
    password: randomUUID(),
    dialect: "auto",
    allowHttp: false,
    endpointHosts: ["esx1.example.com"],
    readers: 1,
    maxTransfers: 4,
    ...change,
  };
  return downloadTarget({ uri }, profile, TOKEN);
}

const host = fc.oneof(
  fc.constantFrom(
    "vcenter.example.com",
    "VCENTER.example.com.",
    "esx1.example.com",
    "vcenter.example.com.evil.org",
  ),
  fc.webAuthority({
    withIPv4: true,
    withIPv6: true,
    withIPv4Extended: true,
    withUserInfo: true,
    withPort: true,
  }),
  fc
    .tuple(anyText, fc.constantFrom("vcenter.example.com", "evil.org"), anyText)
    .map((parts) => parts.join("")),
  fc.constantFrom("169.254.169.254", "0xa9fea9fe", "[::ffff:169.254.169.254]", "127.1", "localhost", "[::1]"),
);
const uri = fc
  .tuple(
    fc.constantFrom("https:", "HTTPS:", "http:", "ds:", "file:", ""),
    fc.constantFrom("//", "/", "\\\\", "", "///"),
    host,
    anyText,
  )
  .map(([scheme, slashes, at, rest]) => `${scheme}${slashes}${at}/cls/data/${CAPABILITY}/${rest}`);
const damagedUri = damagedBytes(uri).map((bytes) => bytes.toString("utf8"));

function requireOwnHost(text: string, secrets: string[]): void {
  const outcome = outcomeNow(() => targetOf(text), { secrets });
  if (outcome.error !== undefined) return;
  const target = outcome.value;
  const { protocol, hostname, port, username, password } = new URL(target.uri);
  expect([protocol, username, password]).toEqual(["https:", "", ""]);
  expect(["vcenter.example.com", "esx1.example.com"]).toContain(hostname.replace(/\.$/, ""));
  const isVcenter = hostname.startsWith("vcenter.") && port === "";
  expect(target.headers).toEqual(isVcenter ? { "vmware-api-session-id": TOKEN } : {});
}

describe("an endpoint's URI", () => {
  test("leads to no host but vCenter's and those of the profile, and takes the token to vCenter alone", () => {
    fc.assert(
      fc.property(uri, (text) => requireOwnHost(text, [CAPABILITY])),
      share(3),
    );
  });

  test("does so as well when it is damaged, or no URI at all", () => {
    // Where a slash is lost, a host's name is all that the text is.
    fc.assert(
      fc.property(fc.oneof(damagedUri, anyText), (text) => requireOwnHost(text, [])),
      share(3),
    );
  });
});

describe("what is sent to an endpoint", () => {
  const requests: { url: string | undefined; rawHeaders: string[] }[] = [];
  const server = createServer(({ url, rawHeaders }, response) => {
    requests.push({ url, rawHeaders });
    response.writeHead(200, { "content-length": 1 }).end("x");
  });
  server.on("clientError", (_error, socket) => socket.destroy());
  let origin: string;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // a TCP server's address is one
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  test("is one request, whose headers are this program's, however the URI is written", async () => {
    const path = fc.oneof(
      anyText,
      damagedBytes(anyText).map((bytes) => bytes.toString("latin1")),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(path, { minLength: 1, maxLength: 3 }), async (parts) => {
        const text = `${origin}/${CAPABILITY}/${parts.join("/")}`;
        const outcome = outcomeNow(() => targetOf(text, { url: origin, allowHttp: true }), {
          secrets: [CAPABILITY],
        });
        if (outcome.error !== undefined) return;
        requests.length = 0;
        const source = httpSource({ target: outcome.value, fileName: "a.iso" });
        const opened = await outcomeOf(() => source.open({ start: 0 }, new AbortController().signal), {
          secrets: [CAPABILITY],
        });
        if (opened.error === undefined) opened.value.close();
        await source.close();
        expect(requests.length).toBe(opened.error === undefined ? 1 : requests.length);
        for (const { rawHeaders } of requests) {
          const names = rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
          expect(names.sort()).toEqual(
            ["accept-encoding", "connection", "host", "range", "vmware-api-session-id"].sort(),
          );
        }
      }),
    );
  });
});
