import type { DirectConnection } from "../http/directConnection.ts";
import { DirectConnections } from "../http/directConnections.ts";
import { replayedConnector } from "../http/replayedConnection.ts";
import { type PlainHead, parsePlainHead } from "../http/responseHead.ts";
import { directStream } from "./directStream.ts";
import { readAnswer } from "./httpAnswer.ts";
import {
  type HttpSourceOptions,
  IDLE_TIMEOUT_MILLISECONDS,
  interrupted,
  plainRequest,
} from "./httpRequest.ts";
import type { ByteRange, Source } from "./source.ts";
import { undiciSource } from "./undiciSource.ts";

/**
 * A file behind an HTTP endpoint. Every GET carries a Range, also the first, so that its answer tells whether the
 * server can resume (206) or not (200); there is no probe, because an endpoint may allow one download only.
 *
 * A plain answer is read straight into the caller's buffers. Any other is read by undici, from the connection on
 * which it began; from then on undici makes the requests too, since the next answers will be like it.
 */
export function httpSource(options: HttpSourceOptions): Source & { close(): Promise<void> } {
  const { target, fileName, idleTimeoutMilliseconds = IDLE_TIMEOUT_MILLISECONDS } = options;
  const connections = new DirectConnections(target.uri, {
    connector: target.connector,
    silenceMilliseconds: idleTimeoutMilliseconds,
  });
  const undiciSources: ReturnType<typeof undiciSource>[] = [];
  return {
    async open(range, signal) {
      signal.throwIfAborted();
      const request = plainRequest(target, range);
      if (request === undefined || undiciSources.length > 0) return await byUndici().open(range, signal);
      const { connection, head } = await ask(request, range, signal);
      if (head === "irregular") return await byUndici(connection).open(range, signal);
      try {
        const facts = readAnswer(head, fileName, range);
        return directStream(connections, connection, { head, facts, fileName, signal });
      } catch (error) {
        connections.discard(connection);
        throw error;
      }
    },
    async close() {
      connections.close();
      await Promise.all(undiciSources.map((source) => source.close()));
    },
  };

  /** Sends the request; once more when a connection that served before turns out to be dead. */
  async function ask(
    request: Buffer,
    { start }: ByteRange,
    signal: AbortSignal,
  ): Promise<{ connection: DirectConnection; head: PlainHead | "irregular" }> {
    for (;;) {
      const reused = connections.reuse();
      try {
        const connection = reused ?? (await connections.open(signal));
        const head = await connection.ask(request, parsePlainHead, signal);
        if (head !== undefined) return { connection, head };
        connections.discard(connection);
        if (!reused || signal.aborted)
          throw connection.error ?? new Error("the server closed the connection without an answer");
      } catch (error) {
        throw interrupted(error, fileName, start, signal);
      }
    }
  }

  function byUndici(answering?: DirectConnection): ReturnType<typeof undiciSource> {
    const latest = undiciSources.at(-1);
    if (latest && !answering) return latest;
    const source = undiciSource(options, answering && replayedConnector(answering, target.connector()));
    undiciSources.push(source);
    return source;
  }
}
