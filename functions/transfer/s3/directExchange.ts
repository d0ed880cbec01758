import { Client } from "undici";
import type { DirectConnection } from "../http/directConnection.ts";
import type { DirectConnections } from "../http/directConnections.ts";
import { replayedConnector } from "../http/replayedConnection.ts";
import { type PlainHead, parsePlainHead } from "../http/responseHead.ts";

/** As the SDK wants it. */
export interface Answer {
  statusCode: number;
  headers: Record<string, string>;
  body: Uint8Array;
}

/**
 * Given a body in one piece, Node encrypts all of it at once: 8 MiB more for every part in flight, out of the
 * processor's cache by the time they are sent.
 */
const SLICE_BYTES = 512 * 1024;

/**
 * Sends a request and returns its answer, whatever that says. One that is not plain is read by undici.
 * @throws Error with a name or code by which the SDK tells whether to repeat the request
 */
export async function sendDirectly(
  connections: DirectConnections,
  request: { head: Buffer; body: Uint8Array },
  signal = new AbortController().signal,
): Promise<Answer> {
  try {
    signal.throwIfAborted();
    const connection = connections.reuse() ?? (await connections.open(signal));
    return await exchange(connections, connection, request, signal);
  } catch (error) {
    if (signal.aborted) throw new DOMException("The request was given up", "AbortError");
    throw knownToSdk(error);
  }
}

async function exchange(
  connections: DirectConnections,
  connection: DirectConnection,
  { head, body }: { head: Buffer; body: Uint8Array },
  signal: AbortSignal,
): Promise<Answer> {
  const answering = connection.ask(head, finalHead(connection), signal);
  const sent = await sendBody(connection, body, answering);
  const answer = await answering;
  let reusable = false;
  try {
    if (answer === undefined)
      throw connection.error ?? new Error("S3 closed the connection without an answer");
    if (answer === "irregular") return await readByUndici(connection, signal);
    connection.skip(answer.headBytes);
    const content = Buffer.alloc(answer.bodyBytes);
    if ((await connection.fill(content)) < content.length) {
      throw connection.error ?? new Error("S3 closed the connection within its answer");
    }
    reusable = (await sent()) && answer.keepAlive;
    return { statusCode: answer.statusCode, headers: { ...answer.headers }, body: content };
  } finally {
    if (reusable) connections.release(connection);
    else connections.discard(connection);
  }
}

/**
 * Sends a body in slices, each when the one before is on its way, unless the answer comes first: a server may refuse
 * a request by its head. What fails here shows in the answer, or in that there is none.
 * @returns whether all of it was sent
 */
async function sendBody(
  connection: DirectConnection,
  body: Uint8Array,
  answering: Promise<unknown>,
): Promise<() => Promise<boolean>> {
  let sentBytes = 0;
  let answered = false;
  const end = answering.then(() => {
    answered = true;
  });
  for (let offset = 0; offset < body.length && !answered; offset += SLICE_BYTES) {
    const slice = Buffer.from(
      body.buffer,
      body.byteOffset + offset,
      Math.min(SLICE_BYTES, body.length - offset),
    );
    const sending = new Promise<void>((resolve) => {
      connection.send(slice, (error) => {
        if (!error) sentBytes += slice.length;
        resolve();
      });
    });
    await Promise.race([sending, end]);
  }
  return async () => {
    // The answer is often read before the system has told that the last bytes are sent.
    if (sentBytes < body.length) await new Promise((resolve) => setImmediate(resolve));
    return sentBytes === body.length;
  };
}

/** Reads the head of the answer proper: interim ones (1xx), which nobody asked for, are passed over. */
function finalHead(connection: DirectConnection): (bytes: Buffer) => PlainHead | "irregular" | undefined {
  return (bytes) => {
    let rest = bytes;
    while (rest.toString("latin1", 0, 10) === "HTTP/1.1 1") {
      const end = rest.indexOf("\r\n\r\n");
      if (end === -1) return undefined;
      connection.skip(end + 4);
      rest = rest.subarray(end + 4);
    }
    return parsePlainHead(rest);
  };
}

async function readByUndici(connection: DirectConnection, signal: AbortSignal): Promise<Answer> {
  const connect = replayedConnector(connection, (_place, callback) => {
    callback(new Error("S3 closed the connection without an answer"), null);
  });
  // The request was sent before; what undici sends is dropped.
  const client = new Client("http://s3", { connect });
  try {
    const { statusCode, headers, body } = await client.request({ method: "PUT", path: "/", signal });
    const content = new Uint8Array(await body.arrayBuffer());
    const single = Object.entries(headers).map(([name, value]) => [name, [value].flat().join(", ")]);
    return { statusCode, headers: Object.fromEntries(single), body: content };
  } finally {
    await client.destroy();
  }
}

/** The SDK knows Node's codes for broken connections; silence and slow connecting it knows by this name only. */
function knownToSdk(error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? String(error.code) : undefined;
  if (code !== undefined && !code.startsWith("UND_ERR_")) return error;
  const what = error instanceof Error ? error.message : String(error);
  return Object.assign(new Error(what, { cause: error }), { name: "TimeoutError" });
}
