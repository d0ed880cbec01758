import { randomUUID } from "node:crypto";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import type { VcenterProfile } from "../../functions/config.ts";
import { CertificateMismatch, EndpointNotAllowed, EndpointNotSupported } from "../../functions/errors.ts";
import { httpSource } from "../../functions/transfer/source/httpSource.ts";
import { resumingSource } from "../../functions/transfer/source/resumingSource.ts";
import { downloadTarget } from "../../functions/vsphere/endpoint.ts";
import { fakeClock } from "../clocks.ts";
import { type Identity, makeIdentity } from "../vsphere/certificates.ts";
import { startScriptedTlsVcenter } from "../vsphere/scriptedVcenter.ts";
import { startWorkflow } from "../workflow/harness.ts";

const KEY = randomUUID();
const TOKEN = randomUUID();

function profileOf(change: Partial<VcenterProfile> = {}): VcenterProfile {
  return {
    name: "lab",
    url: "https://vcenter.example.com",
    username: "exporter",
    password: randomUUID(),
    dialect: "auto",
    allowHttp: true,
    endpointHosts: ["esx1.example.com", "10.0.0.5", "fd00::5"],
    readers: 1,
    maxTransfers: 4,
    ...change,
  };
}

const targetOf = (uri: string, change?: Partial<VcenterProfile>) =>
  downloadTarget({ uri }, profileOf(change), TOKEN);

describe("a download endpoint is refused before anything is looked up or connected to, when it is", () => {
  test.each([
    ["the metadata address", "http://169.254.169.254"],
    ["the metadata address by TLS", "https://169.254.169.254"],
    ["the metadata address with the root's dot", "http://169.254.169.254."],
    ["the metadata address as one number", "http://2852039166"],
    ["the metadata address in hexadecimal", "http://0xA9FEA9FE"],
    ["the metadata address in octal", "http://0251.0376.0251.0376"],
    ["the metadata address in three numbers", "http://169.254.43518"],
    ["the metadata address with other dots and digits", "http://１６９。２５４。１６９。２５４"],
    ["the metadata address with encoded digits", "http://%31%36%39.254.169.254"],
    ["the metadata address within IPv6", "http://[::ffff:169.254.169.254]"],
    ["the metadata address within IPv6, in hexadecimal", "http://[::ffff:a9fe:a9fe]"],
    ["the metadata address behind NAT64", "http://[64:ff9b::a9fe:a9fe]"],
    ["the IPv6 metadata address", "http://[fd00:ec2::254]"],
    ["the address of a container's credentials", "http://169.254.170.2"],
    ["a link-local address", "https://[fe80::1]"],
    ["this machine", "https://localhost"],
    ["this machine by its address", "https://127.0.0.1:9001"],
    ["this machine in short", "https://127.1"],
    ["this machine within IPv6", "https://[::ffff:127.0.0.1]"],
    ["any address of this machine", "https://0"],
    ["any IPv6 address of this machine", "https://[::]"],
    ["a host that begins as vCenter's does", "https://vcenter.example.com.evil.example"],
    ["a host that begins as vCenter's does, behind a tab", "https://vcenter.example.com\t.evil.example"],
    ["a host that ends as vCenter's does", "https://evil-vcenter.example.com"],
    ["a host below vCenter's", "https://a.vcenter.example.com"],
    ["a host above vCenter's", "https://example.com"],
    ["a listed address with another's zeros", "https://010.0.0.5"],
    ["an address that begins as a listed one does", "https://10.0.0.55"],
    ["another host behind a user name like vCenter's", "https://vcenter.example.com@169.254.169.254"],
    ["another host behind a backslash", "https://169.254.169.254\\@vcenter.example.com"],
    ["vCenter's own host with a user name", "https://user@vcenter.example.com"],
  ])("%s (%s)", (_what, origin) => {
    const attempt = () => targetOf(`${origin}/${KEY}`);
    expect(attempt).toThrow(EndpointNotAllowed);
    expect(attempt).not.toThrow(KEY);
  });

  test.each([
    ["an address with a zone", "https://[fe80::1%25eth0]"],
    ["an address with a zone as people write it", "https://[fe80::1%eth0]"],
    ["an encoded slash in the host", "https://vcenter.example.com%2f.evil.example"],
    ["a line break that hides a scheme", "java\nscript:"],
    ["a port that is none", "https://vcenter.example.com:65536"],
  ])("%s (%s)", (_what, origin) => {
    const attempt = () => targetOf(`${origin}/${KEY}`);
    expect(attempt).toThrow(/EndpointNotSupported|cannot/);
    expect(attempt).toThrow(EndpointNotSupported);
    expect(attempt).not.toThrow(KEY);
  });

  test("a listed address, however it is written, is the listed one", () => {
    for (const host of ["10.0.0.5", "0xA000005", "167772165", "[fd00:0:0::5]"]) {
      expect(targetOf(`https://${host}/${KEY}`).headers).toEqual({});
    }
  });
});

describe("a port of vCenter's host that is not vCenter's own", () => {
  test.each(["22", "80", "902", "5480", "6443", "8443"])("%s gets no session token", (port) => {
    expect(targetOf(`https://vcenter.example.com:${port}/${KEY}`).headers).toEqual({});
  });

  test("is not even told to an export of a vCenter on another port", async () => {
    await using workflow = await startWorkflow({ behaviour: { endpoint: "second-port" } });
    const { report } = await workflow.run({ include: ["disk-0.vmdk"] });
    expect(report.error).toBeNull();
    const data = workflow.vcenter.requests.filter(({ operation }) => operation === "data");
    expect(data.map(({ sessionHeader }) => sessionHeader)).toEqual(data.map(() => false));
    expect(data.length).toBeGreaterThan(0);
  });
});

/** A server of a file that breaks in the middle, after which another machine is where the first one was. */
async function changeOfMachines(first: Identity, second: Identity, caBundle?: string) {
  const content = Buffer.alloc(100_000, "disk");
  const heard: string[] = [];
  const server = createServer({ key: first.key, cert: first.certificate }, (request, response) => {
    heard.push(JSON.stringify(request.headers));
    response.writeHead(206, {
      "content-range": `bytes 0-${content.length - 1}/${content.length}`,
      "content-length": content.length,
      etag: '"v1"',
    });
    response.write(content.subarray(0, 50_000), () => {
      server.setSecureContext({ key: second.key, cert: second.certificate });
      request.socket.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // a TCP server's address is one
  const url = `https://localhost:${port}`;
  const profile = profileOf({ url, ...(caBundle ? { caBundle } : { caBundle: first.certificate }) });
  const source = httpSource({
    target: downloadTarget({ uri: `${url}/${KEY}` }, profile, TOKEN),
    fileName: "disk.vmdk",
  });
  try {
    const resuming = resumingSource(source, { clock: fakeClock(), fileName: "disk.vmdk" });
    const stream = await resuming.open({ start: 0 }, new AbortController().signal);
    const ended = await stream.fill(Buffer.alloc(content.length)).catch((error: unknown) => error);
    return { ended, heard };
  } finally {
    await source.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

describe("a name that leads to another machine than it did before", () => {
  test("gives that machine neither the URI nor the token, when its certificate is not the pinned one", async () => {
    const [first, second] = await Promise.all([makeIdentity(), makeIdentity()]);
    const { ended, heard } = await changeOfMachines(first, second);
    expect(ended).toBeInstanceOf(CertificateMismatch);
    expect(heard).toHaveLength(1);
    expect(heard[0]).toContain(TOKEN);
  });

  test("nor when an authority that is trusted has certified it for another name", async () => {
    const authority = await makeIdentity({ isAuthority: true });
    const [first, second] = await Promise.all([
      makeIdentity({ authority }),
      makeIdentity({ authority, host: "elsewhere.example.com", address: false }),
    ]);
    const { ended, heard } = await changeOfMachines(first, second, authority.certificate);
    expect(ended).toBeInstanceOf(CertificateMismatch);
    expect(heard).toHaveLength(1);
  });
});

describe("a redirect", () => {
  test.each([
    "https://169.254.169.254/latest/",
    "//evil.example/",
    "http://127.0.0.1:1/",
    "https://127.0.0.1:1/",
  ])("of the bytes to %s is not followed, and the file fails", async (location) => {
    await using workflow = await startWorkflow({
      behaviour: { faults: [{ on: "data", location, times: 50 }] },
    });
    const { report } = await workflow.run({ include: ["disk-0.vmdk"] });
    expect(report.error).toMatchObject({ name: "SourceRefused" });
    expect(JSON.stringify(report)).not.toContain(location);
  });

  test("of the log-in gets neither user nor password", async () => {
    const identity = await makeIdentity();
    await using elsewhere = await startScriptedTlsVcenter(identity);
    const location = elsewhere.profile().url;
    await using workflow = await startWorkflow({
      behaviour: { faults: [{ on: "session.create", status: 307, location, times: 50 }] },
    });
    const { report } = await workflow.run();
    expect(report.error).toMatchObject({ name: "UnexpectedResponse" });
    expect(elsewhere.received).toEqual([]);
  });
});
