import { randomUUID, X509Certificate } from "node:crypto";
import { Agent, request } from "undici";
import { describe, expect, test } from "vitest";
import type { VcenterProfile } from "../../functions/config.ts";
import {
  CertificateMismatch,
  EndpointNotAllowed,
  EndpointNotSupported,
  UnexpectedResponse,
} from "../../functions/errors.ts";
import { thumbprint } from "../../functions/tls.ts";
import { downloadTarget } from "../../functions/vsphere/endpoint.ts";
import type { TransferEndpoint } from "../../functions/vsphere/model.ts";
import { makeIdentity } from "./certificates.ts";
import { startScriptedTlsVcenter, startScriptedVcenter } from "./scriptedVcenter.ts";

const TOKEN = randomUUID();
const KEY = randomUUID();

function target(uri: string, change: Partial<VcenterProfile> = {}, endpoint: Partial<TransferEndpoint> = {}) {
  const profile: VcenterProfile = {
    name: "lab",
    url: "https://vCenter.example.com",
    username: "exporter",
    password: randomUUID(),
    dialect: "auto",
    allowHttp: false,
    endpointHosts: [],
    readers: 1,
    maxTransfers: 4,
    ...change,
  };
  return downloadTarget({ uri, ...endpoint }, profile, TOKEN);
}

describe("an endpoint at vCenter's own address", () => {
  test.each([
    {
      uri: `https://vcenter.example.com/cls/data/${KEY}/a%20b.iso?x=%2F`,
      url: "https://vCenter.example.com",
    },
    { uri: `HTTPS://VCENTER.EXAMPLE.COM./cls/data/${KEY}/a`, url: "https://vcenter.example.com/" },
    { uri: `https://vcenter.example.com:443/cls/data/${KEY}/a`, url: "https://vcenter.example.com." },
    { uri: `https://[2001:DB8:0::1]:8443/cls/data/${KEY}/a`, url: "https://[2001:db8::1]:8443" },
  ])("$uri gets the session's token, and stays as it is", ({ uri, url }) => {
    expect(target(uri, { url }).uri).toBe(uri);
    expect(target(uri, { url }).headers).toEqual({ "vmware-api-session-id": TOKEN });
  });

  test.each([
    { where: "another port", uri: `https://vcenter.example.com:8443/${KEY}`, change: {} },
    { where: "http:", uri: `http://vcenter.example.com/${KEY}`, change: { allowHttp: true } },
    {
      where: "another host",
      uri: `https://esx1.example.com/${KEY}`,
      change: { endpointHosts: ["ESX1.example.com."] },
    },
  ])("but not at $where", ({ uri, change }) => {
    expect(target(uri, change).uri).toBe(uri);
    expect(target(uri, change).headers).toEqual({});
  });
});

describe("an endpoint at another host", () => {
  test.each([
    "https://evil.example.com",
    "https://vcenter.example.com.evil.example.com",
    "https://example.com",
    "https://127.0.0.1",
    "https://[::1]",
    "https://vcenter.example.com@evil.example.com",
    "https://user:pass@vcenter.example.com",
    "https://evil.example.com\\@vcenter.example.com",
    "https://evil.example.com#@vcenter.example.com",
  ])("such as %s is refused, without a word about its path", (origin) => {
    const attempt = () => target(`${origin}/cls/data/${KEY}/a`);
    expect(attempt).toThrow(EndpointNotAllowed);
    expect(attempt).not.toThrow(KEY);
  });

  test.each([
    "[2001:db8::7]",
    "2001:db8::7",
    "2001:DB8::0:7",
    "[2001:db8::7]:443",
  ])("is allowed by the profile's list, in the form %s", (host) => {
    expect(target(`https://[2001:db8::7]/${KEY}`, { endpointHosts: [host] }).headers).toEqual({});
  });
});

describe("an endpoint with the scheme", () => {
  test.each([
    { uri: `ds:///vmfs/volumes/0123//contentlib/${KEY}`, says: /DIRECT.*HTTPS/ },
    { uri: `file:///mnt/${KEY}`, says: /DIRECT.*HTTPS/ },
    { uri: `ftp://vcenter.example.com/${KEY}`, says: /ftp:/ },
    { uri: `javascript:${KEY}`, says: /javascript:/ },
    { uri: `/cls/data/${KEY}`, says: /cannot be parsed/ },
    { uri: "", says: /cannot be parsed/ },
  ])("of $uri is not supported", ({ uri, says }) => {
    expect(() => target(uri)).toThrow(EndpointNotSupported);
    expect(() => target(uri)).toThrow(says);
    expect(() => target(uri)).not.toThrow(KEY);
  });

  test("http: needs the profile's leave", () => {
    const uri = `http://vcenter.example.com/${KEY}`;
    expect(() => target(uri)).toThrow(EndpointNotAllowed);
    expect(target(uri, { allowHttp: true }).uri).toBe(uri);
  });
});

describe("an endpoint's certificate", async () => {
  const own = await makeIdentity();
  const other = await makeIdentity();
  const sha1 = (identity: typeof own) => thumbprint("sha1", new X509Certificate(identity.certificate).raw);

  async function download(
    endpoint: Partial<TransferEndpoint>,
    change: Partial<VcenterProfile> | ((url: string) => Partial<VcenterProfile>) = {},
  ): Promise<string> {
    await using server = await startScriptedTlsVcenter(own, { body: "bytes" });
    const { url } = server.profile();
    const profile = typeof change === "function" ? change(url) : change;
    const { uri, headers, connector } = target(
      `${url}/a`,
      { endpointHosts: ["127.0.0.1"], ...profile },
      endpoint,
    );
    const agent = new Agent({ connect: connector() });
    try {
      return await (await request(uri, { headers, dispatcher: agent })).body.text();
    } finally {
      await agent.destroy();
    }
  }

  test("is judged by ssl_certificate first, and by the thumbprint next", async () => {
    const sslCertificate = own.certificate;
    expect(await download({ sslCertificate, sslCertificateThumbprint: sha1(other) })).toBe("bytes");
    expect(await download({ sslCertificateThumbprint: sha1(own) })).toBe("bytes");
    await expect(download({ sslCertificateThumbprint: sha1(other) })).rejects.toThrow(CertificateMismatch);
    await expect(
      download({ sslCertificate: other.certificate, sslCertificateThumbprint: sha1(own) }),
    ).rejects.toThrow(CertificateMismatch);
  });

  test("is judged by the profile's bundle where vCenter says nothing", async () => {
    await expect(download({})).rejects.toThrow(CertificateMismatch);
    expect(await download({}, { caBundle: own.certificate })).toBe("bytes");
  });

  test("is judged by the profile's thumbprint at vCenter's own address only", async () => {
    const pinned = { thumbprint: sha1(own) };
    await expect(download({}, pinned)).rejects.toThrow(CertificateMismatch);
    expect(await download({}, (url) => ({ ...pinned, url }))).toBe("bytes");
  });

  test("cannot be judged by what cannot be read", () => {
    const uri = `https://vcenter.example.com/${KEY}`;
    expect(() => target(uri, {}, { sslCertificateThumbprint: "AB:CD" })).toThrow(UnexpectedResponse);
    expect(() => target(uri, {}, { sslCertificate: "nonsense" })).toThrow(UnexpectedResponse);
  });

  test("does not matter for http:", async () => {
    await using server = await startScriptedVcenter({ body: "bytes" });
    const { url } = server.profile();
    const rules = { allowHttp: true, url };
    const { uri, connector } = target(`${url}/a`, rules, { sslCertificateThumbprint: sha1(other) });
    const agent = new Agent({ connect: connector() });
    expect(await (await request(uri, { dispatcher: agent })).body.text()).toBe("bytes");
    await agent.destroy();
  });
});
