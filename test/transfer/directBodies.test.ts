import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { createServer as createTcpServer, type Socket, type Server as TcpServer } from "node:net";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { describe, expect, onTestFinished, test } from "vitest";
import { createS3Client, type S3ClientOptions } from "../../functions/transfer/s3/uploadClient.ts";
import { makeCertificate } from "../../simulators/vcenter/certificate.ts";
import { listen } from "./listen.ts";

const large = randomBytes(3 * 1024 ** 2 + 17);

interface TargetOptions extends S3ClientOptions {
  protocol?: "http" | "https";
  host?: "127.0.0.1" | "[::1]";
}

interface Target {
  client: S3Client;
  /** Connections so far. */
  connections: () => number;
}

async function target(
  server: Server | TcpServer,
  { protocol = "http", host = "127.0.0.1", ...options }: TargetOptions = {},
): Promise<Target> {
  let connections = 0;
  server.on("connection", () => {
    connections += 1;
  });
  const port = await listen(server, host.replace(/[[\]]/g, ""));
  const client = createS3Client({
    ...options,
    endpoint: `${protocol}://${host}:${port}`,
    region: "us-east-1",
    credentials: { accessKeyId: "nobody", secretAccessKey: crypto.randomUUID() },
  });
  onTestFinished(() => client.destroy());
  return { client, connections: () => connections };
}

/** Reads whole requests, and answers each by the next listener, then by the last one. */
function serverOf(...answers: RequestListener[]) {
  const received: Buffer[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    received.push(Buffer.concat(chunks));
    (answers.length > 1 ? answers.shift() : answers[0])?.(request, response);
  });
  return { server, received };
}

/** For 127.0.0.1, and trusted like that of a public server until the test ends. */
async function trustedCertificate(): Promise<{ key: string; cert: string }> {
  const { key, certificate } = await makeCertificate("127.0.0.1");
  const trusted = getCACertificates("default");
  setDefaultCACertificates([...trusted, certificate]);
  onTestFinished(() => setDefaultCACertificates(trusted));
  return { key, cert: certificate };
}

const STORED = 'HTTP/1.1 200 OK\r\nETag: "e"\r\nContent-Length: 0\r\n\r\n';
const stored: RequestListener = (_request, response) =>
  response.writeHead(200, { etag: '"e"', "content-length": 0 }).end();

function put(client: S3Client, body: Buffer = large, abortSignal = new AbortController().signal) {
  return client.send(new PutObjectCommand({ Bucket: "b", Key: "k", Body: body }), { abortSignal });
}

describe("a large body", () => {
  test("arrives as it is, the next one over the same connection", async () => {
    const { server, received } = serverOf(stored);
    const { client, connections } = await target(server);
    for (let time = 0; time < 3; time += 1) expect((await put(client)).ETag).toBe('"e"');
    expect(received.map((body) => body.equals(large))).toEqual([true, true, true]);
    expect(connections()).toBe(1);
  });

  test("is followed by the next over the same connection with TLS, too", async () => {
    const server = createTlsServer(await trustedCertificate(), (request, response) => {
      request.resume().once("end", () => stored(request, response));
    });
    const { client, connections } = await target(server, { protocol: "https" });
    for (let time = 0; time < 10; time += 1) await put(client);
    expect(connections()).toBe(1);
  });

  test("goes over another connection where the server ends this one", async () => {
    const { server } = serverOf((request, response) => {
      response.setHeader("connection", "close");
      stored(request, response);
    });
    const { client, connections } = await target(server);
    await put(client);
    await put(client);
    expect(connections()).toBe(2);
  });

  test("is refused with S3's own words, chunked or not", async () => {
    const error = "<Error><Code>AccessDenied</Code><Message>not yours</Message></Error>";
    const { server } = serverOf(
      (_request, response) => response.writeHead(403, { "content-length": error.length }).end(error),
      (_request, response) => {
        response.writeHead(403).write(error.slice(0, 20));
        response.end(error.slice(20));
      },
    );
    const { client } = await target(server);
    await expect(put(client)).rejects.toMatchObject({ name: "AccessDenied", message: "not yours" });
    await expect(put(client)).rejects.toMatchObject({ name: "AccessDenied", message: "not yours" });
  });

  test("is sent again when S3 is busy", async () => {
    const { server, received } = serverOf((_request, response) => response.writeHead(503).end(), stored);
    const { client } = await target(server);
    expect(await put(client)).toMatchObject({ ETag: '"e"', $metadata: { attempts: 2 } });
    expect(received.every((body) => body.equals(large))).toBe(true);
  });

  test.each([
    ["closes the connection", (socket: Socket) => void socket.end()],
    ["resets the connection", (socket: Socket) => void socket.resetAndDestroy()],
    ["breaks off within its answer's head", (socket: Socket) => void socket.end("HTTP/1.1 200 OK\r\nETag")],
    [
      "breaks off within its answer's body",
      (socket: Socket) => void socket.end("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"),
    ],
  ])("is sent again when the server %s", async (_what, instead) => {
    const { server } = serverOf((request) => instead(request.socket), stored);
    const { client } = await target(server);
    expect(await put(client)).toMatchObject({ ETag: '"e"', $metadata: { attempts: 2 } });
  });

  test("is not sent to its end when the server refuses it by its head", async () => {
    const server = createServer((_request, response) => {
      response.writeHead(400, { "content-length": 0, connection: "close" }).end();
    });
    const { client } = await target(server);
    await expect(put(client, Buffer.alloc(64 * 1024 ** 2))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 400 },
    });
  });

  test("is followed by its answer, whatever comes before that in between", async () => {
    const interim = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </>\r\n\r\n";
    const server = createTcpServer((socket) => {
      let bytes = 0;
      socket.write(interim.slice(0, 10));
      socket.once("data", () => socket.write(interim.slice(10)));
      socket.on("data", (chunk) => {
        bytes += chunk.length;
        if (bytes > large.length) socket.write(STORED);
        if (bytes > large.length) bytes = Number.NEGATIVE_INFINITY;
      });
    });
    const { client } = await target(server);
    expect((await put(client)).ETag).toBe('"e"');
  });

  test("stops with its signal, and its connection with it", async () => {
    const stopping = new AbortController();
    const server = createServer((request) => {
      request.once("data", () => stopping.abort());
    });
    const closed = once(server, "connection").then(([socket]) => once(socket, "close"));
    const { client } = await target(server);
    await expect(put(client, large, stopping.signal)).rejects.toMatchObject({ name: "AbortError" });
    await closed;
  });

  test("is not sent when its signal was aborted before, although there is a connection", async () => {
    const { server, received } = serverOf(stored);
    const { client } = await target(server);
    await put(client);
    await expect(put(client, large, AbortSignal.abort())).rejects.toMatchObject({ name: "AbortError" });
    expect(received).toHaveLength(1);
  });

  test("is not sent to a server whose certificate nobody vouches for", async () => {
    const { key, certificate } = await makeCertificate("127.0.0.1");
    let requests = 0;
    const server = createTlsServer({ key, cert: certificate }, () => {
      requests += 1;
    });
    const { client } = await target(server, { protocol: "https" });
    await expect(put(client)).rejects.toMatchObject({ code: "DEPTH_ZERO_SELF_SIGNED_CERT" });
    expect(requests).toBe(0);
  });
});

/** Answers each request whose body has come by the next of these, then by the last one. */
function rawServerOf(...answers: ((socket: Socket) => void)[]): TcpServer {
  return createTcpServer((socket) => {
    let bytes = 0;
    socket.on("data", (chunk) => {
      bytes += chunk.length;
      // A head has hundreds of bytes, and not a thousand more than what is left of the last one.
      if (bytes < large.length + 200) return;
      bytes = 0;
      (answers.length > 1 ? answers.shift() : answers[0])?.(socket);
    });
  });
}

describe("a connection for large bodies", () => {
  test("is not used again, nor kept, where the answer came before all of the body was sent", async () => {
    const body = Buffer.alloc(64 * 1024 ** 2);
    let bytes = 0;
    const server = createTcpServer((socket) => {
      socket.once("data", () => socket.write(STORED));
      socket.on("data", (chunk) => {
        bytes += chunk.length;
      });
    });
    const closed = once(server, "connection").then(([socket]) => once(socket, "close"));
    const { client, connections } = await target(server);
    expect((await put(client, body)).ETag).toBe('"e"');
    await closed;
    expect(bytes).toBeLessThan(body.length);
    await put(client, body);
    expect(connections()).toBe(2);
  });

  test("is not used again where bytes came with an answer that are not its own", async () => {
    const { client, connections } = await target(rawServerOf((socket) => socket.write(`${STORED}more`)));
    await put(client);
    expect(await put(client)).toMatchObject({ ETag: '"e"', $metadata: { attempts: 1 } });
    expect(connections()).toBe(2);
  });

  test("ends when bytes come that nobody asked for", async () => {
    const server = rawServerOf((socket) => socket.write(STORED));
    const connection = once(server, "connection").then(([socket]) => socket as Socket);
    const { client, connections } = await target(server);
    await put(client);
    const socket = await connection;
    socket.write("HTTP/1.1 408 Request Timeout\r\n\r\n");
    await once(socket, "close");
    expect(await put(client)).toMatchObject({ ETag: '"e"', $metadata: { attempts: 1 } });
    expect(connections()).toBe(2);
  });

  test("is not used again once the server has ended it", async () => {
    const server = rawServerOf((socket) => socket.write(STORED));
    const connection = once(server, "connection").then(([socket]) => socket as Socket);
    const { client } = await target(server);
    await put(client);
    const socket = await connection;
    socket.end();
    await once(socket, "close");
    expect(await put(client)).toMatchObject({ ETag: '"e"', $metadata: { attempts: 1 } });
  });

  test("ends when nothing comes, and the body is sent again", async () => {
    const server = rawServerOf(
      () => {},
      (socket) => socket.write(STORED),
    );
    const { client, connections } = await target(server, { silenceMilliseconds: 100 });
    expect(await put(client)).toMatchObject({ ETag: '"e"', $metadata: { attempts: 2 } });
    expect(connections()).toBe(2);
  });

  test("ends when it is not needed for that long", async () => {
    const server = rawServerOf((socket) => socket.write(STORED));
    const closed = once(server, "connection").then(([socket]) => once(socket, "close"));
    const { client } = await target(server, { silenceMilliseconds: 100 });
    await put(client);
    await closed;
  });

  test("ends with its client, whether it rests or waits for an answer", async () => {
    const server = rawServerOf(
      (socket) => socket.write(STORED),
      (socket) => socket.write(STORED),
      () => client.destroy(),
    );
    const closes: Promise<unknown>[] = [];
    server.on("connection", (socket) => closes.push(once(socket, "close")));
    const { client } = await target(server);
    await Promise.all([put(client), put(client)]);
    await expect(put(client, large, AbortSignal.timeout(20_000))).rejects.toThrow();
    await Promise.all(closes);
    expect(closes.length).toBeGreaterThanOrEqual(2);
  });

  test("may be one of IPv6", async () => {
    const { client } = await target(
      rawServerOf((socket) => socket.write(STORED)),
      { host: "[::1]" },
    );
    expect((await put(client)).ETag).toBe('"e"');
  });
});

describe("the signature of a body", () => {
  test.each([
    { protocol: "https", signPayloads: false, signed: false },
    { protocol: "https", signPayloads: true, signed: true },
    { protocol: "http", signPayloads: false, signed: true },
  ] as const)("over $protocol, signPayloads being $signPayloads, covers its bytes: $signed", async (given) => {
    const { protocol, signPayloads, signed } = given;
    const hashes: unknown[] = [];
    const answer: RequestListener = (request, response) => {
      hashes.push(request.headers["x-amz-content-sha256"]);
      request.resume().once("end", () => stored(request, response));
    };
    const server =
      protocol === "https" ? createTlsServer(await trustedCertificate(), answer) : createServer(answer);
    const { client } = await target(server, { protocol, signPayloads });
    for (const body of [large, large.subarray(0, 100)]) await put(client, body);
    const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
    expect(hashes).toEqual(
      signed ? [sha256(large), sha256(large.subarray(0, 100))] : ["UNSIGNED-PAYLOAD", "UNSIGNED-PAYLOAD"],
    );
  });
});
