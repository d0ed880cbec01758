import { connect } from "node:tls";
import type { ConnectorMaker } from "../../functions/tls.ts";
import { startHashThread } from "../../functions/transfer/hashThread.ts";
import { DirectConnection } from "../../functions/transfer/http/directConnection.ts";
import { parsePlainHead } from "../../functions/transfer/http/responseHead.ts";

/**
 * The least that the job takes in Node: connections of node:tls, checksums in a thread, and nothing signed, repeated
 * or checked. What it needs more than the Go program is Node's; what the pipeline needs more than it is the price of
 * the AWS SDK and of what the pipeline does for safety. Only the discarding sink takes what is not signed.
 */
const { SOURCE_URL = "", S3_URL = "", S3_BUCKET, S3_KEY, SHA1 } = process.env;
const PART_BYTES = 8 * 1024 ** 2;
const UPLOADS_IN_FLIGHT = 4;
const SLICE_BYTES = 512 * 1024;
const NOTHING = Buffer.alloc(0);
const { signal } = new AbortController();

const source = await connectTo(SOURCE_URL);
const uploads = await Promise.all(Array.from({ length: UPLOADS_IN_FLIGHT }, () => connectTo(S3_URL)));
const hash = startHashThread(["SHA1"]);
const key = `/${S3_BUCKET}/${S3_KEY}`;
const head = await source.ask(
  requestHead("GET", SOURCE_URL, new URL(SOURCE_URL).pathname),
  parsePlainHead,
  signal,
);
if (typeof head !== "object") throw new Error("The source gave no plain answer");
source.skip(head.headBytes);

let remaining = head.bodyBytes;
let parts = 0;
let reading: Promise<unknown> = Promise.resolve();
await Promise.all(uploads.map(sendParts));
await request(await connectTo(S3_URL), requestHead("POST", S3_URL, `${key}?uploadId=upload`));
const digest = (await hash.values()).get("SHA1");
if (digest !== SHA1) throw new Error("The file's SHA-1 is another");
process.exit();

/** Takes parts in turns with the others, and sends them over a connection of its own. */
async function sendParts(connection: DirectConnection): Promise<void> {
  const buffer = Buffer.from(new SharedArrayBuffer(PART_BYTES));
  for (;;) {
    const filling = reading.then(() => readPart(buffer));
    reading = filling;
    const { bytes, number } = await filling;
    if (bytes.length === 0) return;
    await hash.update(bytes);
    const path = `${key}?partNumber=${number}&uploadId=upload`;
    await request(connection, requestHead("PUT", S3_URL, path, bytes), bytes);
  }
}

async function readPart(buffer: Buffer): Promise<{ bytes: Buffer; number: number }> {
  const bytes = buffer.subarray(0, Math.min(PART_BYTES, remaining));
  if (bytes.length > 0 && (await source.fill(bytes)) < bytes.length)
    throw new Error("The source ended early");
  remaining -= bytes.length;
  parts += 1;
  return { bytes, number: parts };
}

async function request(connection: DirectConnection, head: Buffer, body: Buffer = NOTHING): Promise<void> {
  connection.send(head);
  for (let offset = 0; offset < body.length; offset += SLICE_BYTES) {
    const sent = Promise.withResolvers<void>();
    connection.send(body.subarray(offset, offset + SLICE_BYTES), () => sent.resolve());
    await sent.promise;
  }
  const answer = await connection.ask(NOTHING, parsePlainHead, signal);
  if (typeof answer !== "object") throw new Error("The sink gave no plain answer");
  connection.skip(answer.headBytes);
  await connection.fill(Buffer.alloc(answer.bodyBytes));
}

function requestHead(method: string, url: string, path: string, body: Buffer = NOTHING): Buffer {
  const { host } = new URL(url);
  return Buffer.from(`${method} ${path} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: ${body.length}\r\n\r\n`);
}

function connectTo(url: string): Promise<DirectConnection> {
  const { hostname, port, protocol } = new URL(url);
  const connector: ConnectorMaker = (onread) => (_place, callback) => {
    // @types/node has no `onread` here, although tls.connect hands its options to the socket.
    const options = { host: hostname, port: Number(port), onread };
    const socket = connect(options, () => callback(null, socket));
  };
  return DirectConnection.open(connector, { hostname, port, protocol }, 60_000, signal);
}
