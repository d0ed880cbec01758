import { createSecureServer } from "node:http2";
import { connect, createServer, type Socket } from "node:net";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import type { HttpRequest } from "@smithy/types";
import { describe, expect, onTestFinished, test } from "vitest";
import { DirectConnection } from "../../functions/transfer/http/directConnection.ts";
import { createS3Client } from "../../functions/transfer/s3/uploadClient.ts";
import { makeCertificate } from "../../simulators/vcenter/certificate.ts";
import { listen } from "./listen.ts";

const reason = new Error("the execution was stopped");
const body = Buffer.alloc(1024 ** 2, 7);

/** One request as the SDK hands it to the client's handler: not repeated, its answer and its error as they are. */
async function exchange(place: { port?: number; protocol?: string }, abortSignal?: AbortSignal) {
  const client = createS3Client({ region: "us-east-1", endpoint: "http://localhost" });
  onTestFinished(() => client.destroy());
  const request: HttpRequest = {
    protocol: "http:",
    hostname: "127.0.0.1",
    method: "PUT",
    path: "/b/k",
    query: {},
    headers: { host: "127.0.0.1", "content-length": String(body.length) },
    body,
    ...place,
  };
  const { response } = await client.config.requestHandler.handle(request, {
    ...(abortSignal && { abortSignal }),
  });
  return { ...response, body: Buffer.from(response.body).toString() };
}

/** Does this when all of the body has come. */
async function afterBody(answer: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    let bytes = 0;
    socket.on("data", (chunk) => {
      const before = bytes;
      bytes += chunk.length;
      if (before <= body.length && bytes > body.length) answer(socket);
    });
  });
  return await listen(server);
}

describe("an answer of S3", () => {
  test("is read behind the interim ones, to its last byte and no further", async () => {
    const interim = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </>\r\n\r\n";
    const final = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nx-amz-id-2: i\r\n\r\nbytes";
    const port = await afterBody((socket) => socket.write(interim + final));
    expect(await exchange({ port })).toEqual({
      statusCode: 200,
      headers: { "content-length": "5", "x-amz-id-2": "i" },
      body: "bytes",
    });
  });

  test("that undici reads has its headers, too, those that come twice in one", async () => {
    const head =
      "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nx-amz-request-id: r\r\nVia: a\r\nVia: b\r\n\r\n";
    const port = await afterBody((socket) => socket.write(`${head}no`));
    expect(await exchange({ port })).toEqual({
      statusCode: 403,
      headers: { "content-length": "2", "x-amz-request-id": "r", via: "a, b" },
      body: "no",
    });
  });

  test("comes over HTTP/1.1, although the server offers HTTP/2", async () => {
    const { key, certificate } = await makeCertificate("127.0.0.1");
    const trusted = getCACertificates("default");
    setDefaultCACertificates([...trusted, certificate]);
    onTestFinished(() => setDefaultCACertificates(trusted));
    const server = createSecureServer({ key, cert: certificate, allowHTTP1: true }, (request, response) => {
      request.resume().once("end", () => response.end(request.httpVersion));
    });
    const port = await listen(server);
    expect(await exchange({ port, protocol: "https:" })).toMatchObject({ statusCode: 200, body: "1.1" });
  });
});

/** By these names and codes the SDK knows that a request may be sent again. */
describe("without an answer a request fails", () => {
  test.each([
    ["before it", "", "TimeoutError", "S3 closed the connection without an answer"],
    [
      "within it",
      "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
      "TimeoutError",
      "S3 closed the connection within its answer",
    ],
    ["within one that undici reads", "HTTP/1.1 500 No\r\nContent-Length: 9\r\n\r\nabc", "TimeoutError", ""],
  ])("when the connection ends %s", async (_when, answer, name, message) => {
    const port = await afterBody((socket) => socket.end(answer));
    const error = await exchange({ port }).catch((error: unknown) => error);
    expect(error).toMatchObject({
      name,
      message: expect.stringContaining(message),
      cause: expect.any(Error),
    });
  });

  test("with Node's code when the connection is reset", async () => {
    const port = await afterBody((socket) => socket.resetAndDestroy());
    await expect(exchange({ port })).rejects.toMatchObject({
      code: expect.stringMatching(/^(ECONNRESET|EPIPE)$/),
    });
  });

  test.each([
    "",
    "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n",
    "HTTP/1.1 500 No\r\nContent-Length: 9\r\n\r\n",
  ])("by its signal, where there was %j of one", async (answer) => {
    const stopping = new AbortController();
    const port = await afterBody((socket) => {
      socket.write(answer, () => stopping.abort(reason));
    });
    await expect(exchange({ port }, stopping.signal)).rejects.toMatchObject({ name: "AbortError" });
  });

  test("by its signal, while the connection is not secure yet", async () => {
    const stopping = new AbortController();
    const port = await listen(createServer(() => stopping.abort(reason)));
    await expect(exchange({ port, protocol: "https:" }, stopping.signal)).rejects.toMatchObject({
      name: "AbortError",
    });
  });

  test("by its signal before anything is sent, to the port of the protocol", async () => {
    // A port that is not known would make the URL of the server an error of its own.
    await expect(exchange({ protocol: "https:" }, AbortSignal.abort(reason))).rejects.toMatchObject({
      name: "AbortError",
    });
  });
});

test("a connection that comes about after it was given up is closed", async () => {
  const port = await listen(createServer(() => {}));
  const stopping = new AbortController();
  const connected = Promise.withResolvers<Socket>();
  const opening = DirectConnection.open(
    () => (_place, callback) => {
      const socket = connect(port, "127.0.0.1", () => {
        stopping.abort(reason);
        callback(null, socket);
        connected.resolve(socket);
      });
    },
    { hostname: "127.0.0.1", protocol: "http:", port: String(port) },
    1000,
    stopping.signal,
  );
  await expect(opening).rejects.toBe(reason);
  expect((await connected.promise).destroyed).toBe(true);
});
