import { X509Certificate } from "node:crypto";
import { createServer } from "node:net";
import { beforeAll, describe, expect, test } from "vitest";
import { VcenterUnavailable } from "../../functions/errors.ts";
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

  test("that does not tell its version or time leaves them out", async () => {
    await using vcenter = await startScriptedVcenter({ status: 404, body: "404 page not found" });
    const probe = await probeVcenter(vcenter.profile(), { clock });
    expect(probe).toMatchObject({ tls: undefined, apiVersion: undefined });
  });

  test("that is not there is VcenterUnavailable", async () => {
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" ? address?.port : undefined;
    await using vcenter = await startScriptedVcenter();
    for (const scheme of ["https", "http"]) {
      const profile = vcenter.profile({ url: `${scheme}://127.0.0.1:${port}` });
      await expect(probeVcenter(profile, { clock })).rejects.toThrow(VcenterUnavailable);
    }
    await new Promise((resolve) => server.close(resolve));
  });
});
