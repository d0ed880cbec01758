import type { buildConnector } from "undici";
import type { ConnectorMaker } from "../../tls.ts";
import { DirectConnection } from "./directConnection.ts";

/** The connections to one server: as many as there are requests at a time, each used again for the next. */
export class DirectConnections {
  readonly #place: buildConnector.Options;
  readonly #connector: ConnectorMaker;
  readonly #silenceMilliseconds: number;
  readonly #all = new Set<DirectConnection>();
  #resting: DirectConnection[] = [];
  #closed = false;

  /**
   * @param url of anything on the server
   * @param silenceMilliseconds longest time without a byte while some are waited for
   */
  constructor(
    url: string,
    { connector, silenceMilliseconds }: { connector: ConnectorMaker; silenceMilliseconds: number },
  ) {
    const { host, hostname, protocol, port } = new URL(url);
    this.#place = { host, hostname: hostname.replace(/^\[|\]$/g, ""), protocol, port };
    this.#connector = connector;
    this.#silenceMilliseconds = silenceMilliseconds;
  }

  /** A connection that served before and is open as far as can be told; undefined when there is none. */
  reuse(): DirectConnection | undefined {
    this.#resting = this.#resting.filter((connection) => connection.usable || this.discard(connection));
    return this.#resting.pop();
  }

  /** @throws what the connector refuses the connection with; the signal's reason */
  async open(signal: AbortSignal): Promise<DirectConnection> {
    signal.throwIfAborted();
    const connect = this.#connector;
    const connection = await DirectConnection.open(connect, this.#place, this.#silenceMilliseconds, signal);
    this.#all.add(connection);
    if (this.#closed) this.discard(connection);
    return connection;
  }

  /** Takes a connection back after an answer that was read to its end. */
  release(connection: DirectConnection): void {
    if (!connection.usable) return void this.discard(connection);
    connection.rest();
    this.#resting.push(connection);
  }

  discard(connection: DirectConnection): false {
    this.#all.delete(connection);
    connection.destroy();
    return false;
  }

  close(): void {
    this.#closed = true;
    for (const connection of this.#all) this.discard(connection);
  }
}
