import { X509Certificate } from "node:crypto";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { beforeAll, describe, expect, test } from "vitest";
import type { VcenterProfile } from "../../functions/config.ts";
import { Stopped, VcenterUnavailable } from "../../functions/errors.ts";
import { probeVcenter } from "../../functions/vsphere/probe.ts";
import { fakeClock } from "../clocks.ts";
import { type Identity, makeIdentity } from "./certificates.ts";
import { startScriptedTlsVcenter, startScriptedVcenter } from "./scriptedVcenter.ts";

const clock = fakeClock(Date.UTC(2026, 0, 1));
const VERSIONS =
  '<?xml version="1.0" encoding="UTF-8"?><namespaces version="1.0"><namespace><name>urn:vim25</name>' +
  "<version>8.0.3.0</version><priorVersions><version>8.0.2.0</version></priorVersions></namespace></namespaces>";

let identity: Identity;
beforeAll(async () => {
  identity = await makeIdentity();
});

describe("a look at a vCenter", () => {
  test("tells certificate, version and clock without a log-in", async () => {
    const headers = { date: "Thu, 01 Jan 2026 00:01:30 GMT" };
    await using vcenter = await startScriptedTlsVcenter(identity, { body: VERSIONS, headers });
    const { fingerprint, fingerprint256 } = new X509Certificate(identity.certificate);
    const profile = vcenter.profile({ thumbprint: fingerprint });
    expect(await probeVcenter(profile, { clock })).toEqual({
      host: new URL(profile.url).host,
      clockSkewSeconds: 90,
      apiVersion: "8.0.3.0",
      tls: {
        protocol: "TLSv1.3",
        subject: "CN=localhost",
        issuer: "CN=localhost",
        validFrom: expect.stringContaining("2020"),
        validTo: expect.stringContaining("2090"),
        sha1Thumbprint: fingerprint,
        sha256Thumbprint: fingerprint256,
        checkedBy: "thumbprint",
      },
    });
    expect(vcenter.received.map(({ line }) => line)).toEqual(["GET /sdk/vimServiceVersions.xml"]);
    expect(vcenter.received[0]?.headers.authorization).toBeUndefined();
  });

  test("that presents a certificate nobody trusts tells why, and asks for nothing", async () => {
    await using vcenter = await startScriptedTlsVcenter(identity);
    const { tls, ...rest } = await probeVcenter(vcenter.profile(), { clock });
    expect(tls).toMatchObject({ checkedBy: "authorities", problem: expect.stringContaining("not trusted") });
    expect(tls?.sha256Thumbprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    expect(Object.keys(rest)).toEqual(["host"]);
    expect(vcenter.received).toEqual([]);
  });

  test.each([
    { status: 404, body: "404 page not found" },
    { status: 404, body: VERSIONS },
    { status: 200, body: "Welcome" },
    { status: 200, body: "<version>vcenter.internal.example.com</version>" },
  ])("that answers $status $body does not tell its version", async (answer) => {
    await using vcenter = await startScriptedVcenter(answer);
    const probe = await probeVcenter(vcenter.profile(), { clock });
    expect(probe).toMatchObject({ tls: undefined, apiVersion: undefined });
  });

  test("finds a version between white space, and keeps no connection", async () => {
    const ended = Promise.withResolvers<void>();
    // The client would soon end a connection that the server does not offer to keep.
    const head = "HTTP/1.1 200 OK\r\nKeep-Alive: timeout=600\r\n";
    const body = "<version>\n 8.0.3.0\n</version>";
    await using server = await listening((socket) => {
      socket.once("close", () => ended.resolve());
      socket.once("data", () => socket.write(`${head}Content-Length: ${body.length}\r\n\r\n${body}`));
    });
    expect(await probeVcenter(server.profile("http"), { clock })).toMatchObject({ apiVersion: "8.0.3.0" });
    await ended.promise;
  });

  test.each(["https", "http"])("over %s can be stopped while it says nothing, and before", async (scheme) => {
    const stop = new AbortController();
    const reason = new Stopped("stopped by its user");
    await using server = await listening((socket) => {
      // What it was sent is the beginning of a handshake, or the request.
      socket.once("data", () => stop.abort(reason));
    });
    const probe = () => probeVcenter(server.profile(scheme), { clock, signal: stop.signal });
    await expect(probe()).rejects.toBe(reason);
    await expect(probe()).rejects.toBe(reason);
  });

  test.each([
    "https",
    "http",
  ])("that is not there is VcenterUnavailable over %s, with its cause", async (scheme) => {
    await using server = await listening((socket) => socket.destroy());
    const probing = probeVcenter(server.profile(scheme), { clock });
    await expect(probing).rejects.toThrow(VcenterUnavailable);
    await expect(probing).rejects.toMatchObject({ cause: expect.any(Error) });
  });
});

interface Listening extends AsyncDisposable {
  profile(scheme: string): VcenterProfile;
}

/** A server below HTTP. */
async function listening(onConnection: (socket: Socket) => void): Promise<Listening> {
  const vcenter = await startScriptedVcenter();
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket.on("error", () => {}));
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // a TCP server's address is one
  return {
    profile: (scheme) => vcenter.profile({ url: `${scheme}://127.0.0.1:${port}` }),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      await vcenter[Symbol.asyncDispose]();
    },
  };
}
