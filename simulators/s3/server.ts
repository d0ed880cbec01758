import { randomBytes } from "node:crypto";
import { once } from "node:events";
import http, {
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import https from "node:https";
import { pipeline } from "node:stream/promises";
import type { Context, Reply } from "./context.ts";
import { S3Error } from "./errors.ts";
import { type Fault, faultError, takeFault } from "./faults.ts";
import { parseRequest } from "./request.ts";
import { route } from "./router.ts";
import { buildXml } from "./xml.ts";

export interface ServerOptions {
  context: Context;
  faults: Fault[];
  /** Gets each fault as often as it is met. */
  faultsMet: Fault[];
  /** Gets the name of each operation, in the order of arrival. */
  requests: string[];
  /** PEM. */
  tls: { key: string; cert: string } | undefined;
}

export interface S3Server {
  /** Not listening yet. */
  server: Server;
  /** Cuts every connection, and resolves when nothing is written to the folder any more. */
  close(): Promise<void>;
}

/** An HTTP server that answers as S3 does. */
export function createS3Server(options: ServerOptions): S3Server {
  const faultCounts = new WeakMap<Fault, number>();
  const underWay = new Set<Promise<void>>();
  const listener: RequestListener = (incoming, outgoing) => {
    // A connection that breaks is the client's business: the work ends by itself.
    outgoing.on("error", () => {});
    const done = answer(options, faultCounts, incoming, outgoing)
      .catch(() => outgoing.destroy())
      .then(() => {
        underWay.delete(done);
      });
    underWay.add(done);
  };
  // Larger reads than Node's default cost less for each byte of a part.
  const settings = { highWaterMark: 256 * 1024 };
  const server = options.tls
    ? https.createServer({ ...settings, ...options.tls }, listener)
    : http.createServer(settings, listener);
  // Never the first to close a connection: a client that was about to use it would see it break.
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  return {
    server,
    async close() {
      const closed = server.listening ? once(server, "close") : undefined;
      server.close();
      server.closeAllConnections();
      await closed;
      await Promise.all(underWay);
    },
  };
}

async function answer(
  { context, faults, faultsMet, requests }: ServerOptions,
  faultCounts: WeakMap<Fault, number>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  let reply: Reply;
  try {
    const request = parseRequest(incoming);
    assertSigned(request.headers, request.query);
    const { operation, run } = route(request);
    requests.push(operation);
    const fault = takeFault(faults, faultCounts, operation, request);
    if (fault) faultsMet.push(fault);
    if (fault?.hold) await Promise.race([fault.hold, once(incoming.socket, "close")]);
    await fault?.meanwhile?.();
    if (fault?.silent) return await ignore(incoming);
    if (fault?.reset) return cut(incoming);
    if (fault?.status !== undefined) throw faultError(fault);
    if (fault?.errorBodyWith200) {
      reply = {
        status: 200,
        headers: {},
        body: errorXml(new S3Error("InternalError"), incoming, requestId()),
      };
      await drain(incoming);
    } else {
      reply = await run(context, request);
    }
    if (fault?.loseReply) {
      if (typeof reply.body === "object") await reply.body.file.close();
      return cut(incoming);
    }
  } catch (error) {
    if (incoming.destroyed && !incoming.complete) return; // nobody is there to hear it
    await drain(incoming);
    reply = errorReply(error, incoming);
  }
  await send(reply, incoming, outgoing);
}

async function send(reply: Reply, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const headers = { "x-amz-request-id": requestId(), server: "AmazonS3", ...reply.headers };
  const { body } = reply;
  if (body === undefined) {
    const length =
      reply.headers["content-length"] ?? (reply.status === 204 || reply.status === 304 ? undefined : "0");
    outgoing.writeHead(
      reply.status,
      length === undefined ? headers : { ...headers, "content-length": length },
    );
    outgoing.end();
  } else if (typeof body === "string") {
    const length = String(Buffer.byteLength(body));
    outgoing.writeHead(reply.status, {
      ...headers,
      "content-type": "application/xml",
      "content-length": length,
    });
    outgoing.end(incoming.method === "HEAD" ? undefined : body);
  } else {
    try {
      outgoing.writeHead(reply.status, headers);
      if (body.end === body.start) outgoing.end();
      else
        await pipeline(
          body.file.createReadStream({ start: body.start, end: body.end - 1, autoClose: false }),
          outgoing,
        );
    } finally {
      await body.file.close();
    }
  }
}

function errorReply(error: unknown, incoming: IncomingMessage): Reply {
  // Anything else is a fault of this program, or of the disk: its text is for the one who runs it.
  const known = error instanceof S3Error ? error : new S3Error("InternalError", String(error));
  if (incoming.method === "HEAD") return { status: known.status, headers: known.headers };
  return { status: known.status, headers: known.headers, body: errorXml(known, incoming, requestId()) };
}

function errorXml(error: S3Error, incoming: IncomingMessage, id: string): string {
  const resource = (incoming.url ?? "/").split("?")[0];
  return buildXml({ Error: { Code: error.code, Message: error.message, Resource: resource, RequestId: id } });
}

/** Whoever asks must have signed; that the signature is right is not verified. */
function assertSigned(headers: Record<string, string>, query: Record<string, string>): void {
  if (query["X-Amz-Signature"] !== undefined) return;
  const { authorization } = headers;
  if (authorization === undefined) throw new S3Error("AccessDenied");
  if (!/^AWS4-HMAC-SHA256 .*Credential=[^/]+\//.test(authorization)) {
    throw new S3Error("AuthorizationHeaderMalformed");
  }
}

// An answer in the middle of a body would break the connection for the client, which S3 risks, but a test need not.
async function drain(incoming: IncomingMessage): Promise<void> {
  for await (const _chunk of incoming.iterator({ destroyOnReturn: false })) {
    // let it go
  }
}

/** Takes whatever comes, until the client has had enough. */
async function ignore(incoming: IncomingMessage): Promise<void> {
  incoming.resume();
  await once(incoming.socket, "close");
}

function cut(incoming: IncomingMessage): void {
  incoming.socket.destroy();
}

function requestId(): string {
  return randomBytes(8).toString("hex").toUpperCase();
}
