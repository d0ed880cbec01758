import { DirectConnection } from "./directConnection.ts";
import { type HttpSourceOptions, IDLE_TIMEOUT_MILLISECONDS } from "./httpRequest.ts";

/** The connections to one endpoint: as many as there are readers, each used again for the next range. */
export class DirectConnections {
  readonly #options: HttpSourceOptions;
  readonly #all = new Set<DirectConnection>();
  #resting: DirectConnection[] = [];
  #closed = false;

  constructor(options: HttpSourceOptions) {
    this.#options = options;
  }

  /** A connection that served before and is open as far as can be told; undefined when there is none. */
  reuse(): DirectConnection | undefined {
    this.#resting = this.#resting.filter((connection) => connection.usable || this.discard(connection));
    return this.#resting.pop();
  }

  /** @throws what the connector refuses the connection with; the signal's reason */
  async open(signal: AbortSignal): Promise<DirectConnection> {
    signal.throwIfAborted();
    const { target, idleTimeoutMilliseconds = IDLE_TIMEOUT_MILLISECONDS } = this.#options;
    const { host, hostname, protocol, port } = new URL(target.uri);
    const place = { host, hostname: hostname.replace(/^\[|\]$/g, ""), protocol, port };
    const connection = await DirectConnection.open(target, place, idleTimeoutMilliseconds, signal);
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
