import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { SourceRefused, Stopped, TransferInterrupted } from "../../functions/errors.ts";
import { EndpointBusy } from "../../functions/transfer/source/httpAnswer.ts";
import type { HttpSourceOptions } from "../../functions/transfer/source/httpRequest.ts";
import { httpSource } from "../../functions/transfer/source/httpSource.ts";
import type { ByteRange, SourceStream } from "../../functions/transfer/source/source.ts";
import { undiciSource } from "../../functions/transfer/source/undiciSource.ts";
import { type SourceBehaviour, type SourceServer, startSourceServer } from "./sourceServer.ts";

const content = randomBytes(300_000);
const never = new AbortController().signal;
let closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  await Promise.all(closing.map((close) => close()));
  closing = [];
});

async function serve(behaviour: Partial<SourceBehaviour> = {}): Promise<SourceServer> {
  const server = await startSourceServer({ content, ...behaviour });
  closing.push(server.close);
  return server;
}

async function readAll(stream: SourceStream): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (;;) {
    const buffer = Buffer.alloc(70_000);
    const filled = await stream.fill(buffer);
    pieces.push(buffer.subarray(0, filled));
    if (filled < buffer.length) return Buffer.concat(pieces);
  }
}

describe.each([
  ["read directly where it can be", httpSource],
  ["read by undici alone", undiciSource],
])("a source behind HTTP, %s,", (_, makeSource) => {
  async function open(
    server: SourceServer,
    range: ByteRange = { start: 0 },
    signal = never,
    options: Partial<HttpSourceOptions> = {},
  ): Promise<SourceStream> {
    const source = makeSource({ target: server.target, fileName: "disk.iso", ...options });
    closing.unshift(source.close);
    return await source.open(range, signal);
  }

  test("gives the bytes, the total and the ETag, in buffers filled to the brim", async () => {
    const stream = await open(await serve());
    expect(stream).toMatchObject({ start: 0, total: content.length, etag: '"v1"', ranged: true });
    expect(await readAll(stream)).toEqual(content);
    expect(stream.offset).toBe(content.length);
  });

  test("asks for the identity encoding and for a range at the first request", async () => {
    const server = await serve();
    await open(server);
    expect(server.requests[0]?.headers).toMatchObject({ range: "bytes=0-", "accept-encoding": "identity" });
  });

  test("requests the URI exactly as it was returned, whatever a URL parser would make of it", async () => {
    const server = await serve();
    const path = "/cls/data/ab/a%2Fb%20c/./x..%7e?q=%E2%82%AC";
    server.target.uri = new URL("/", server.target.uri).href.replace(/\/$/, path);
    await open(server);
    expect(server.requests[0]?.url).toBe(path);
  });

  test("reads a body of unknown length to its end", async () => {
    const stream = await open(await serve({ chunked: true, ranges: false }));
    expect(stream).toMatchObject({ total: undefined, ranged: false });
    expect(await readAll(stream)).toEqual(content);
  });

  test("starts in the middle where the server can, and tells where the server cannot", async () => {
    const ranged = await open(await serve(), { start: 1000 });
    expect(await readAll(ranged)).toEqual(content.subarray(1000));
    const whole = await open(await serve({ ranges: false }), { start: 1000 });
    expect(whole).toMatchObject({ start: 0, ranged: false, total: content.length });
  });

  test("reads an empty file from a server that answers 416 for it", async () => {
    const stream = await open(await serve({ content: Buffer.alloc(0) }));
    expect(stream).toMatchObject({ total: 0 });
    expect(await readAll(stream)).toHaveLength(0);
  });

  test("takes no byte of what a 416 says about an empty file for the file's", async () => {
    const server = await serve();
    const ended = Promise.withResolvers<void>();
    server.behaviour.intercept = (request, response) => {
      request.socket.once("close", () => ended.resolve());
      response.writeHead(416, { "content-range": "bytes */0" }).write("<html>Range Not Satisfiable");
      return true;
    };
    expect(await readAll(await open(server))).toHaveLength(0);
    await ended.promise;
  });

  test("does not take a weak ETag for proof of the same bytes", async () => {
    expect((await open(await serve({ etag: 'W/"v1"' }))).etag).toBeUndefined();
  });

  test("tells at which byte a connection broke, and has delivered what came before", async () => {
    const stream = await open(await serve({ breakAt: [100_000] }));
    const buffer = Buffer.alloc(content.length);
    await expect(stream.fill(buffer)).rejects.toThrow(TransferInterrupted);
    expect(stream.offset).toBe(100_000);
    expect(buffer.subarray(0, 100_000)).toEqual(content.subarray(0, 100_000));
  });

  test("does not take a reset for the end of a body of which no length was told", async () => {
    const server = await serve();
    server.behaviour.intercept = (request, response) => {
      // Without it, and without a length, the end of the connection is that of the body.
      response.removeHeader("transfer-encoding");
      response.writeHead(200).write("the beginning", () => request.socket.resetAndDestroy());
      return true;
    };
    const reading = open(server).then((stream) => readAll(stream));
    await expect(reading).rejects.toThrow(TransferInterrupted);
  });

  test.each([
    new Stopped("stopped by its user"),
    new Error("another part has failed"),
  ])("ends with the reason of its signal, be it %s", async (reason) => {
    const stop = new AbortController();
    const server = await serve({ breakAt: [] });
    server.behaviour.intercept = (_request, response) => {
      response.writeHead(200).write("the beginning");
      return true;
    };
    const stream = await open(server, { start: 0 }, stop.signal);
    const filling = stream.fill(Buffer.alloc(1000));
    stop.abort(reason);
    await expect(filling).rejects.toBe(reason);
  });

  test("says what is wrong when nobody listens, without the URI", async () => {
    const server = await serve();
    await server.close();
    const opening = open(server);
    await expect(opening).rejects.toThrow(TransferInterrupted);
    await expect(opening).rejects.not.toThrow("cls/data");
  });

  test.each([401, 403, 404, 500])("refuses the answer %d, naming the file and the status", async (status) => {
    const server = await serve();
    server.behaviour.intercept = (_request, response) => Boolean(response.writeHead(status).end("no"));
    await expect(open(server)).rejects.toThrow(SourceRefused);
    await expect(open(server)).rejects.toThrow(`"disk.iso" answered HTTP ${status}`);
  });

  test("refuses a body that is encoded although it asked for none", async () => {
    const server = await serve();
    server.behaviour.intercept = (_request, response) =>
      Boolean(response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(content)));
    await expect(open(server)).rejects.toThrow("gzip");
  });

  test("refuses a part of the file that it did not ask for", async () => {
    const server = await serve();
    server.behaviour.intercept = (_request, response) =>
      Boolean(response.writeHead(206, { "content-range": "bytes 5-9/300000" }).end("56789"));
    await expect(open(server)).rejects.toThrow(SourceRefused);
  });

  test("refuses a part whose Content-Length is another than its Content-Range says", async () => {
    const server = await serve();
    const headers = { "content-range": "bytes 0-299999/300000", "content-length": "299999" };
    server.behaviour.intercept = (_request, response) => Boolean(response.writeHead(206, headers).end());
    await expect(open(server)).rejects.toThrow(SourceRefused);
    await expect(open(server)).rejects.toThrow("contradicts itself");
  });

  test.each([429, 502, 503, 504])("tells the answer %d from one that will not change", async (status) => {
    const server = await serve();
    server.behaviour.intercept = (_request, response) => Boolean(response.writeHead(status).end());
    await expect(open(server)).rejects.toThrow(EndpointBusy);
    await expect(open(server)).rejects.toMatchObject({ name: "SourceRefused" });
  });

  test("refuses a redirect to another host, and follows one on the same", async () => {
    const other = await serve();
    const server = await serve();
    server.behaviour.intercept = (_request, response) =>
      Boolean(response.writeHead(302, { location: other.target.uri }).end());
    await expect(open(server)).rejects.toThrow("redirects elsewhere");
    expect(other.requests).toHaveLength(0);

    server.behaviour.intercept = (request, response) =>
      request.url === "/moved" ? false : Boolean(response.writeHead(302, { location: "/moved" }).end());
    expect(await readAll(await open(server))).toEqual(content);
  });

  test.each([
    ["that leads back to itself", "/cls/data/0123/file", 4],
    ["to nothing that is a URI", "http://[", 1],
  ])("refuses a redirect %s", async (_what, location, requests) => {
    const server = await serve();
    server.behaviour.intercept = (_request, response) => Boolean(response.writeHead(302, { location }).end());
    await expect(open(server)).rejects.toThrow(SourceRefused);
    expect(server.requests).toHaveLength(requests);
  });

  test.each([
    [200, "is the file"],
    [404, "is a refusal"],
    [304, "is a refusal"],
  ])("takes only a 3xx with a Location for a redirect: %d %s", async (status, meaning) => {
    const server = await serve();
    server.behaviour.intercept = (_request, response) =>
      Boolean(response.writeHead(status, status === 304 ? {} : { location: "/moved" }).end());
    if (meaning === "is the file") expect(await readAll(await open(server))).toHaveLength(0);
    else await expect(open(server)).rejects.toThrow(`"disk.iso" answered HTTP ${status}`);
    expect(server.requests).toHaveLength(1);
  });

  test.each([
    ["with a length", { "content-length": 300_000 }],
    ["in chunks", {}],
  ])("ends the connection of a body %s that is closed in its middle", async (_what, headers) => {
    const server = await serve();
    const ended = Promise.withResolvers<void>();
    server.behaviour.intercept = (request, response) => {
      request.socket.once("close", () => ended.resolve());
      response.writeHead(200, headers).write("the beginning");
      return true;
    };
    const stream = await open(server);
    await stream.fill(Buffer.alloc(3));
    stream.close();
    stream.close();
    await ended.promise;
  });

  test.each([
    ["a refusal", 403, {}],
    ["a redirect", 302, { location: "/moved" }],
  ])("ends the connection of %s whose body goes on and on", async (_what, status, headers) => {
    const server = await serve();
    const ended = Promise.withResolvers<void>();
    server.behaviour.intercept = (request, response) => {
      if (request.url === "/moved") return false;
      request.socket.once("close", () => ended.resolve());
      response.writeHead(status, headers).write("an explanation");
      return true;
    };
    const opening = open(server);
    if (status === 302) expect(await opening).toMatchObject({ total: content.length });
    else await expect(opening).rejects.toThrow(SourceRefused);
    await ended.promise;
  });

  test.each([
    ["instead of an answer", false],
    ["in the middle of a body", true],
  ])("gives up an endpoint that is silent %s for longer than it may", async (_what, answers) => {
    const server = await serve();
    server.behaviour.intercept = (_request, response) => {
      if (answers) response.writeHead(200).write("the beginning");
      return true;
    };
    const reading = open(server, { start: 0 }, never, { idleTimeoutMilliseconds: 20 }).then(readAll);
    await expect(reading).rejects.toThrow(TransferInterrupted);
  });

  test("can send header values that are not ASCII", async () => {
    const server = await serve();
    server.target.headers = { "x-name": "gr\xf6\xdfe" };
    expect(await readAll(await open(server))).toEqual(content);
    expect(server.requests[0]?.headers["x-name"]).toBe("gr\xf6\xdfe");
  });

  test("ends its connections when it is closed, in the middle of a body as well", async () => {
    const server = await serve();
    const ended = Promise.withResolvers<void>();
    server.behaviour.intercept = (request, response) => {
      request.socket.once("close", () => ended.resolve());
      response.writeHead(200).write("the beginning");
      return true;
    };
    const source = makeSource({ target: server.target, fileName: "disk.iso" });
    const stream = await source.open({ start: 0 }, never);
    const filling = stream.fill(Buffer.alloc(1000));
    await source.close();
    await expect(filling).rejects.toThrow(TransferInterrupted);
    await ended.promise;
  });
});
