import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import type { buildConnector } from "undici";
import type { DirectConnection } from "./directConnection.ts";

const END_OF_HEAD = "\r\n\r\n";

/**
 * Lets undici read an answer that has begun on a connection: its first connection is that one, on which its first
 * request, being the one that was sent already, is dropped. So the file is requested once, whoever reads the answer:
 * an endpoint may allow a single download.
 * @param connect opens the connections after the first
 */
export function replayedConnector(
  answering: DirectConnection,
  connect: buildConnector.connector,
): buildConnector.connector {
  let first: Duplex | undefined = replayedConnection(answering);
  return (place, callback) => {
    if (first === undefined) return connect(place, callback);
    const socket = first as Socket; // of a socket undici uses here what every Duplex has
    first = undefined;
    // Not at once: no connection comes about before it was asked for, and undici relies on that.
    setImmediate(callback, null, socket);
  };
}

function replayedConnection(connection: DirectConnection): Duplex {
  // An answer to a request that undici has not sent yet would be an error to it.
  const requested = Promise.withResolvers<void>();
  /** The end of the first request, as far as it has been seen; undefined when all of it was. */
  let dropped: string | undefined = "";
  return new Duplex({
    async read() {
      await requested.promise;
      const bytes = await connection.take();
      if (bytes.length > 0) this.push(bytes);
      else if (connection.error === undefined) this.push(null);
      else this.destroy(asError(connection.error));
    },
    write(bytes: Buffer, _encoding, written) {
      if (dropped === undefined) return connection.send(bytes, written);
      dropped = (dropped + bytes.toString("latin1")).slice(-END_OF_HEAD.length);
      if (dropped === END_OF_HEAD) {
        dropped = undefined;
        requested.resolve();
      }
      written();
    },
    destroy(error, done) {
      connection.destroy();
      done(error);
    },
  });
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
