import { createHash, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:tls";
import { expect, test } from "vitest";
import { VcenterFixture } from "./vcenterFixture.ts";

const files = { "a.bin": Buffer.from("0123456789") };

/** DER of the certificate that a server presents. */
async function presented(uri: string): Promise<Buffer> {
  const { hostname, port } = new URL(uri);
  const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false });
  await once(socket, "secureConnect");
  const { raw } = socket.getPeerCertificate();
  socket.destroy();
  return raw;
}

function hex(algorithm: string, der: Buffer): string {
  return createHash(algorithm).update(der).digest("hex");
}

test.each([
  ["SHA-1", "SHA1"],
  ["SHA-256", "SHA256"],
] as const)("a second port has a certificate of its own, with its %s thumbprint", async (thumbprint, algorithm) => {
  await using fixture = await VcenterFixture.start(files, {
    endpoint: "second-port",
    endpointThumbprint: thumbprint,
  });
  const { download_endpoint: endpoint } = await fixture.prepare(await fixture.open(), "a.bin");
  const der = await presented(endpoint?.uri ?? "");
  expect(endpoint?.ssl_certificate_thumbprint?.replaceAll(":", "").toLowerCase()).toBe(hex(algorithm, der));
  expect(der).not.toEqual(await presented(fixture.simulator.url));
});

test("an endpoint may tell its whole certificate", async () => {
  await using fixture = await VcenterFixture.start(files, {
    endpoint: "second-port",
    endpointThumbprint: "certificate",
  });
  const { download_endpoint: endpoint } = await fixture.prepare(await fixture.open(), "a.bin");
  expect(new X509Certificate(endpoint?.ssl_certificate ?? "").raw).toEqual(
    await presented(endpoint?.uri ?? ""),
  );
  expect(endpoint).not.toHaveProperty("ssl_certificate_thumbprint");
});

test("a wrong thumbprint has the right length and none is left out", async () => {
  await using fixture = await VcenterFixture.start(files, { endpointThumbprint: "wrong" });
  const { download_endpoint: wrong } = await fixture.prepare(await fixture.open(), "a.bin");
  expect(wrong?.ssl_certificate_thumbprint).toHaveLength(fixture.simulator.thumbprint.length);
  expect(wrong?.ssl_certificate_thumbprint).not.toBe(fixture.simulator.thumbprint);
  fixture.simulator.behaviour.endpointThumbprint = "none";
  const { download_endpoint: none } = await fixture.prepare(await fixture.open(), "a.bin");
  expect(none).not.toHaveProperty("ssl_certificate_thumbprint");
});

test("the simulator's own thumbprints are those of the certificate that it presents", async () => {
  await using fixture = await VcenterFixture.start(files);
  const der = await presented(fixture.simulator.url);
  expect(fixture.simulator.thumbprint.replaceAll(":", "").toLowerCase()).toBe(hex("SHA1", der));
  expect(fixture.simulator.thumbprintSha256.replaceAll(":", "").toLowerCase()).toBe(hex("SHA256", der));
});
