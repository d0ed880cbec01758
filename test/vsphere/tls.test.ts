import { X509Certificate } from "node:crypto";
import { createServer, type Server } from "node:https";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import type { TlsOptions } from "node:tls";
import { Pool } from "undici";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { CertificateMismatch, InvalidInput, UnexpectedResponse } from "../../functions/errors.ts";
import { silentLogger } from "../../functions/log.ts";
import {
  type CertificateRule,
  normaliseThumbprint,
  sha256Thumbprint,
  verifiedConnector,
} from "../../functions/tls.ts";
import { logIn } from "../../functions/vsphere/client.ts";
import { fakeClock } from "../clocks.ts";
import { type Identity, makeIdentity } from "./certificates.ts";
import { startScriptedTlsVcenter, startScriptedVcenter } from "./scriptedVcenter.ts";

let selfSigned: Identity;
let authority: Identity;
let signed: Identity;
let other: Identity;
const open: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  [selfSigned, authority, other] = await Promise.all([
    makeIdentity(),
    makeIdentity({ isAuthority: true }),
    makeIdentity(),
  ]);
  signed = await makeIdentity({ authority });
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()));
});

interface Listening {
  server: Server;
  port: number;
  /** How many HTTP requests have arrived. */
  requests(): number;
}

async function listen(identity: Identity, options: TlsOptions = {}): Promise<Listening> {
  let requests = 0;
  const server = createServer(
    { key: identity.key, cert: identity.certificate, ...options },
    (_request, response) => {
      requests += 1;
      // A connection for each request, so that every request is one handshake.
      response.setHeader("connection", "close").end("hello");
    },
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo; // a TCP server's address is one
  return { server, port, requests: () => requests };
}

async function get(port: number, rule: CertificateRule, host = "127.0.0.1"): Promise<string> {
  const pool = new Pool(`https://${host}:${port}`, { connect: verifiedConnector(rule) });
  open.push(() => pool.destroy());
  const { body } = await pool.request({ method: "GET", path: "/" });
  return body.text();
}

/** The refusal, after which nothing may have arrived at the server. */
async function refusal(listening: Listening, rule: CertificateRule): Promise<CertificateMismatch> {
  const error = await get(listening.port, rule).catch((reason: unknown) => reason);
  if (!(error instanceof CertificateMismatch)) throw new Error("a refusal was expected", { cause: error });
  expect(listening.requests()).toBe(0);
  return error;
}

function prints(identity: Identity): { sha1: string; sha256: string } {
  const { fingerprint, fingerprint256 } = new X509Certificate(identity.certificate);
  return { sha1: fingerprint, sha256: fingerprint256 };
}

describe("a thumbprint", () => {
  const forms: { form: string; of(thumbprint: string): string }[] = [
    { form: "with colons", of: (text) => text },
    { form: "in lower case", of: (text) => text.toLowerCase() },
    { form: "without separators", of: (text) => text.replaceAll(":", "") },
    { form: "with blanks", of: (text) => ` ${text.replaceAll(":", " ")}\n` },
    { form: "with hyphens", of: (text) => text.replaceAll(":", "-") },
  ];
  test.each(forms)("$form accepts its certificate, by SHA-1 and SHA-256", async ({ of }) => {
    const { port } = await listen(selfSigned);
    const { sha1, sha256 } = prints(selfSigned);
    expect(await get(port, { thumbprint: of(sha1) })).toBe("hello");
    expect(await get(port, { thumbprint: of(sha256) })).toBe("hello");
  });

  test("of another certificate refuses it, names the presented one, and sends nothing", async () => {
    const listening = await listen(selfSigned);
    for (const thumbprint of [prints(other).sha1, prints(other).sha256]) {
      const error = await refusal(listening, { thumbprint });
      expect(error.presentedThumbprint).toBe(prints(selfSigned).sha256);
      expect(error.message).toContain(`127.0.0.1:${listening.port}`);
    }
  });

  test("decides alone: a trusted authority does not help, and names and dates do not matter", async () => {
    const listening = await listen(signed);
    await refusal(listening, { thumbprint: prints(other).sha256, caBundle: authority.certificate });

    const expired = await makeIdentity({
      host: "elsewhere",
      address: false,
      notAfter: new Date(Date.UTC(2021, 0, 1)),
    });
    const { port } = await listen(expired);
    expect(await get(port, { thumbprint: prints(expired).sha1 })).toBe("hello");
  });

  test("is checked on every connection", async () => {
    const listening = await listen(selfSigned);
    const rule = { thumbprint: prints(selfSigned).sha256 };
    const pool = new Pool(`https://127.0.0.1:${listening.port}`, { connect: verifiedConnector(rule) });
    open.push(() => pool.destroy());
    const request = async () => (await pool.request({ method: "GET", path: "/" })).body.text();
    expect(await request()).toBe("hello");
    listening.server.setSecureContext({ key: other.key, cert: other.certificate });
    await expect(request()).rejects.toThrow(CertificateMismatch);
    expect(listening.requests()).toBe(1);
  });

  test("of another length is no thumbprint", () => {
    expect(() => verifiedConnector({ thumbprint: "AB:CD" })).toThrow(InvalidInput);
    expect(() => verifiedConnector({ thumbprint: "" })).toThrow(InvalidInput);
  });

  test("has one form for comparison and one for people", () => {
    const { sha256 } = prints(selfSigned);
    expect(sha256Thumbprint(selfSigned.certificate)).toBe(sha256);
    expect(normaliseThumbprint(sha256)).toBe(sha256.replaceAll(":", "").toLowerCase());
  });
});

describe("a certificate as the rule", () => {
  test("is the only one accepted, and goes before a thumbprint", async () => {
    const listening = await listen(selfSigned);
    const { sha256 } = prints(selfSigned);
    await refusal(listening, { certificate: other.certificate, thumbprint: sha256 });
    const rule = { certificate: selfSigned.certificate, thumbprint: prints(other).sha256 };
    expect(await get(listening.port, rule)).toBe("hello");
  });

  test("does not accept what it has signed", async () => {
    await refusal(await listen(signed), { certificate: authority.certificate });
  });

  test("must be PEM", () => {
    expect(() => verifiedConnector({ certificate: "not a certificate" })).toThrow(InvalidInput);
  });
});

describe("standard validation", () => {
  test("accepts what an authority of the bundle has signed", async () => {
    const { port } = await listen(signed);
    expect(await get(port, { caBundle: authority.certificate })).toBe("hello");
    expect(await get(port, { caBundle: `${other.certificate}\n${authority.certificate}` })).toBe("hello");
    expect(await get(port, { caBundle: authority.certificate }, "localhost")).toBe("hello");
  });

  test("refuses an unknown authority, and names the certificate", async () => {
    const error = await refusal(await listen(signed), {});
    expect(error.presentedThumbprint).toBe(prints(signed).sha256);
    expect(error.message).toContain(prints(signed).sha256);
    expect((await refusal(await listen(selfSigned), {})).message).toContain("DEPTH_ZERO_SELF_SIGNED_CERT");
  });

  test("refuses another host's certificate", async () => {
    const elsewhere = await makeIdentity({ authority, host: "elsewhere.example.com", address: false });
    const error = await refusal(await listen(elsewhere), { caBundle: authority.certificate });
    expect(error.message).toContain("ERR_TLS_CERT_ALTNAME_INVALID");
    expect(error.presentedThumbprint).toBe(prints(elsewhere).sha256);
  });

  test("refuses an expired certificate", async () => {
    const expired = await makeIdentity({ authority, notAfter: new Date(Date.UTC(2021, 0, 1)) });
    const error = await refusal(await listen(expired), { caBundle: authority.certificate });
    expect(error.message).toContain("CERT_HAS_EXPIRED");
  });

  test("needs a bundle that is PEM", () => {
    expect(() => verifiedConnector({ caBundle: "nonsense" })).toThrow(InvalidInput);
  });
});

test("TLS below 1.2 is refused, whatever the rule", async () => {
  const { port, requests } = await listen(selfSigned, {
    minVersion: "TLSv1",
    maxVersion: "TLSv1.1",
    ciphers: "DEFAULT@SECLEVEL=0",
  });
  await expect(get(port, { thumbprint: prints(selfSigned).sha256 })).rejects.toThrow();
  expect(requests()).toBe(0);
});

describe("a vCenter", () => {
  test("that presents another certificate gets no password, and is not asked again", async () => {
    await using vcenter = await startScriptedTlsVcenter(selfSigned);
    const clock = fakeClock();
    const profile = vcenter.profile({ thumbprint: prints(other).sha256 });
    const attempt = logIn(profile, { clock, log: silentLogger });
    await expect(attempt).rejects.toThrow(CertificateMismatch);
    await expect(attempt).rejects.toMatchObject({ presentedThumbprint: prints(selfSigned).sha256 });
    expect(vcenter.received).toEqual([]);
    expect(clock.waits).toEqual([]);
  });

  test("is reached through the profile's bundle", async () => {
    await using vcenter = await startScriptedTlsVcenter(signed, { body: '{"value":[]}' });
    const profile = vcenter.profile({ caBundle: authority.certificate });
    const client = await logIn(profile, { clock: fakeClock(), log: silentLogger });
    expect(await client.listLibraries()).toEqual([]);
    await client.logOut();
  });

  test("whose port does not speak TLS is named as such", async () => {
    const server = createTcpServer((socket) => socket.resume().end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    open.push(() => new Promise((resolve) => server.close(resolve)));
    const { port } = server.address() as AddressInfo; // a TCP server's address is one
    await using vcenter = await startScriptedTlsVcenter(selfSigned);
    const profile = vcenter.profile({ url: `https://127.0.0.1:${port}` });
    const attempt = logIn(profile, { clock: fakeClock(), log: silentLogger });
    await expect(attempt).rejects.toThrow(UnexpectedResponse);
    await expect(attempt).rejects.toThrow(/does not speak TLS/);
  });
});

test("a connection without TLS is never handed out where TLS is asked for", async () => {
  await using vcenter = await startScriptedVcenter();
  const pool = new Pool(vcenter.profile().url, {
    connect: verifiedConnector({ thumbprint: prints(selfSigned).sha256 }),
  });
  open.push(() => pool.destroy());
  await expect(pool.request({ method: "GET", path: "/" })).rejects.toThrow(CertificateMismatch);
  expect(vcenter.received).toEqual([]);
});
