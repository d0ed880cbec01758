import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream/promises";
import { makeCertificate } from "../../simulators/vcenter/certificate.ts";
import { digestOf, openContent } from "../../simulators/vcenter/content.ts";

/**
 * The bench's source, in a process of its own: one file of made bytes behind HTTPS. The first argument is its size
 * in bytes. Tells its parent where it is, and ends with it.
 */
const size = Number(process.argv[2]);
const content = await openContent({ name: "disk.vmdk", content: { size, seed: "bench" } });
const { key, certificate } = await makeCertificate("localhost");
const server = createServer({ key, cert: certificate }, async (_request, response) => {
  response.writeHead(200, { "content-length": size });
  await pipeline(content.read(0, size), response).catch(() => {});
});
server.listen(0, "127.0.0.1", async () => {
  const { port } = server.address() as AddressInfo; // a TCP server's address is one
  const url = `https://127.0.0.1:${port}/disk.vmdk`;
  process.send?.({ url, certificate, sha256: await digestOf(content, "SHA256") });
});
process.once("disconnect", () => process.exit());
