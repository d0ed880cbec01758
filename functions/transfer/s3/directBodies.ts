import type { S3Client } from "@aws-sdk/client-s3";
import type { HttpHandlerOptions, HttpRequest } from "@smithy/types";
import { buildConnector } from "undici";
import { DirectConnections } from "../http/directConnections.ts";
import { requestHead } from "../http/requestHead.ts";
import { sendDirectly } from "./directExchange.ts";

/** Smaller bodies are sent by the SDK's own handler. */
const LARGE_BYTES = 256 * 1024;
const CONNECT_MILLISECONDS = 10_000;

/**
 * Has the client send large bodies over connections of this project's own, without the layers of node:http and its
 * streams. All else stays the SDK's: how requests are made, signed and repeated, what answers mean, and every request
 * without a large body.
 * @param silenceMilliseconds longest time in which no byte moves
 */
export function sendBodiesDirectly(client: S3Client, silenceMilliseconds: number): void {
  const others = client.config.requestHandler;
  const connectionsTo = new Map<string, DirectConnections>();
  client.config.requestHandler = {
    ...(others.metadata && { metadata: others.metadata }),
    destroy() {
      for (const connections of connectionsTo.values()) connections.close();
      connectionsTo.clear();
      others.destroy?.();
    },
    async handle(request: HttpRequest, options?: HttpHandlerOptions) {
      const { body } = request;
      const head = body instanceof Uint8Array && body.length >= LARGE_BYTES ? headOf(request) : undefined;
      if (head === undefined) return await others.handle(request, options);
      const signal = options?.abortSignal as AbortSignal | undefined; // the SDK declares less of it than it is
      return { response: await sendDirectly(connectionsFor(request), { head, body }, signal) };
    },
  };

  function connectionsFor({ protocol, hostname, port }: HttpRequest): DirectConnections {
    const origin = `${protocol}//${hostname}${port === undefined ? "" : `:${port}`}`;
    const known = connectionsTo.get(origin);
    if (known) return known;
    const connections = new DirectConnections(origin, {
      connector: (onread) => buildConnector({ allowH2: false, timeout: CONNECT_MILLISECONDS, onread }),
      silenceMilliseconds,
    });
    connectionsTo.set(origin, connections);
    return connections;
  }
}

function headOf({ method, path, query = {}, headers }: HttpRequest): Buffer | undefined {
  const words = Object.entries(query).flatMap(([name, value]) =>
    [value ?? ""].flat().map((word) => `${encodeURIComponent(name)}=${encodeURIComponent(word)}`),
  );
  return requestHead(method, words.length > 0 ? `${path}?${words.join("&")}` : path, headers);
}
