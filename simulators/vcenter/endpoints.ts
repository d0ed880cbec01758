import type { Behaviour } from "./behaviour.ts";
import type { Certificate } from "./certificate.ts";
import type { DownloadSession } from "./downloadSessions.ts";
import type { SessionFile } from "./sessionFile.ts";

/** A server that bytes can be downloaded from. */
export interface EndpointServer {
  /** Without a path. */
  url: string;
  certificate?: Certificate;
}

/** The simulator's servers; those that few need are started when they are first needed. */
export interface EndpointServers {
  samePort(): EndpointServer;
  secondPort(): Promise<EndpointServer>;
  http(): Promise<EndpointServer>;
}

/** Refuses every connection: the service that once was there (tcpmux) is nowhere any more. */
const CLOSED_PORT = "https://127.0.0.1:1";

/** Where a prepared file can be downloaded. */
export class Endpoints {
  readonly #behaviour: Behaviour;
  readonly #servers: EndpointServers;

  constructor(behaviour: Behaviour, servers: EndpointServers) {
    this.#behaviour = behaviour;
    this.#servers = servers;
  }

  async of(session: DownloadSession, file: SessionFile) {
    const name = encodeURIComponent(file.stored.name);
    const { endpoint } = this.#behaviour;
    if (file.endpointType === "DIRECT" || endpoint === "ds") {
      return { uri: `ds:///vmfs/volumes/6f1c//contentlib-1/${session.itemId}/${name}` };
    }
    if (endpoint === "file") return { uri: `file:///mnt/contentlib-1/${session.itemId}/${name}` };
    const { url, certificate } = await this.#server();
    return { uri: `${url}/cls/data/${session.key}/${name}`, ...(certificate && this.#identity(certificate)) };
  }

  async #server(): Promise<EndpointServer> {
    switch (this.#behaviour.endpoint) {
      case "second-port":
        return this.#servers.secondPort();
      case "http":
        return this.#servers.http();
      case "other-host": {
        const { url, certificate } = this.#servers.samePort();
        return { url: url.replace("127.0.0.1", "localhost"), certificate };
      }
      case "closed-port": {
        const { certificate } = this.#servers.samePort();
        return { url: CLOSED_PORT, certificate };
      }
      default:
        return this.#servers.samePort();
    }
  }

  #identity({ certificate, thumbprint, thumbprintSha256 }: Certificate) {
    const wrong = [...thumbprint].reverse().join("");
    switch (this.#behaviour.endpointThumbprint) {
      case "SHA-1":
        return { ssl_certificate_thumbprint: thumbprint };
      case "SHA-256":
        return { ssl_certificate_thumbprint: thumbprintSha256 };
      case "certificate":
        return { ssl_certificate: certificate };
      case "wrong":
        return { ssl_certificate_thumbprint: wrong };
      case "certificate-and-wrong":
        return { ssl_certificate: certificate, ssl_certificate_thumbprint: wrong };
      case "none":
        return {};
    }
  }
}
