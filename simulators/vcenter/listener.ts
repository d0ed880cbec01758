import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Certificate } from "./certificate.ts";

export interface Listener {
  /** Without a path. */
  url: string;
  certificate?: Certificate;
  close(): Promise<void>;
}

/** Listens on 127.0.0.1; over HTTPS where there is a certificate. */
export async function listen(
  answer: RequestListener,
  port: number,
  certificate: Certificate | undefined,
): Promise<Listener> {
  const server = certificate
    ? createHttpsServer({ key: certificate.key, cert: certificate.certificate }, answer)
    : createHttpServer(answer);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, "127.0.0.1", resolve);
  });
  // A TCP server's address is never a pipe's name, nor null once it listens.
  const { port: actual } = server.address() as AddressInfo;
  return {
    url: `${certificate ? "https" : "http"}://127.0.0.1:${actual}`,
    certificate,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}
