import { randomBytes, randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer as createHttpsServer } from "node:https";
import { createServer, type Socket } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { CertificateMismatch, SourceRefused, TransferInterrupted } from "../../functions/errors.ts";
import { plainConnector, verifiedConnectorMaker } from "../../functions/tls.ts";
import type { HttpSourceOptions, HttpTarget } from "../../functions/transfer/source/httpRequest.ts";
import { httpSource } from "../../functions/transfer/source/httpSource.ts";
import type { SourceStream } from "../../functions/transfer/source/source.ts";
import { makeCertificate } from "../../simulators/vcenter/certificate.ts";
import { listen } from "./listen.ts";
import { startSourceServer } from "./sourceServer.ts";

const never = new AbortController().signal;
const content = randomBytes(500_000);

interface Scripted {
  source: ReturnType<typeof httpSource>;
  /** The requests that came, and the number of connections they came on. */
  requests: string[];
  connections: () => number;
}

/** A source whose server sends what the script says of each request: pieces of an answer, one after the other. */
async function scripted(
  script: (request: number, connection: Socket) => (string | Buffer)[],
  options: Partial<HttpSourceOptions> = {},
): Promise<Scripted> {
  const requests: string[] = [];
  let connections = 0;
  const server = createServer({ noDelay: true }, (socket) => {
    connections += 1;
    socket.on("data", (request) => {
      requests.push(request.toString());
      void send(socket, script(requests.length, socket));
    });
  });
  const port = await listen(server);
  const target = { uri: `http://127.0.0.1:${port}/file`, headers: {}, connector: plainConnector };
  return { source: openSource(target, options), requests, connections: () => connections };
}

async function send(socket: Socket, pieces: (string | Buffer)[]): Promise<void> {
  for (const piece of pieces) {
    await new Promise((written) => socket.write(piece, written));
    await new Promise(setImmediate);
  }
}

function openSource(target: HttpTarget, options: Partial<HttpSourceOptions> = {}): Scripted["source"] {
  const source = httpSource({ target, fileName: "disk.iso", ...options });
  onTestFinished(source.close);
  return source;
}

async function readAll(stream: SourceStream, bufferBytes = 70_000): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (;;) {
    const buffer = Buffer.alloc(bufferBytes);
    const filled = await stream.fill(buffer);
    pieces.push(buffer.subarray(0, filled));
    if (filled < buffer.length) return Buffer.concat(pieces);
  }
}

const whole = (body: string) => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

describe("a plain answer", () => {
  test("may come in pieces of any size, into buffers of any size", async () => {
    const answer = Buffer.concat([
      Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${content.length}\r\n\r\n`),
      content,
    ]);
    const pieces: Buffer[] = [];
    for (let offset = 0; offset < answer.length; ) {
      const length = offset < 100 ? randomInt(1, 9) : randomInt(1, 90_000);
      pieces.push(answer.subarray(offset, offset + length));
      offset += length;
    }
    const { source } = await scripted(() => pieces);
    const stream = await source.open({ start: 0 }, never);
    expect(content.equals(await readAll(stream, randomInt(1000, 60_000)))).toBe(true);
  });

  test("comes over TLS whole, however long the reader pauses", async () => {
    const { key, certificate } = await makeCertificate("source");
    const server = createHttpsServer({ key, cert: certificate }, (_request, response) => {
      response.writeHead(200, { "content-length": content.length }).end(content);
    });
    const uri = `https://127.0.0.1:${await listen(server)}/file`;
    const source = openSource({ uri, headers: {}, connector: verifiedConnectorMaker({ certificate }) });
    const stream = await source.open({ start: 0 }, never);
    const buffer = Buffer.alloc(content.length);
    for (let offset = 0; offset < buffer.length; ) {
      offset += await stream.fill(buffer.subarray(offset, offset + 10_007));
      await new Promise(setImmediate);
    }
    expect(buffer.equals(content)).toBe(true);
  });

  test("is not asked for where the certificate is another", async () => {
    const [own, other] = await Promise.all([makeCertificate("source"), makeCertificate("source")]);
    let requests = 0;
    const server = createHttpsServer({ key: own.key, cert: own.certificate }, () => {
      requests += 1;
    });
    const uri = `https://127.0.0.1:${await listen(server)}/file`;
    const source = openSource({ uri, headers: {}, connector: verifiedConnectorMaker(other) });
    await expect(source.open({ start: 0 }, never)).rejects.toThrow(CertificateMismatch);
    expect(requests).toBe(0);
  });

  test("leaves its connection to the next range", async () => {
    const { source, connections, requests } = await scripted((request) => [whole(`answer ${request}`)]);
    for (const expected of ["answer 1", "answer 2", "answer 3"]) {
      const stream = await source.open({ start: 0 }, never);
      expect((await readAll(stream)).toString()).toBe(expected);
    }
    expect(requests).toHaveLength(3);
    expect(connections()).toBe(1);
  });

  test("is asked for again when the connection had ended while it rested", async () => {
    const { source, connections } = await scripted((request, socket) => {
      if (request === 2) socket.destroy();
      return request === 2 ? [] : [whole(`answer ${request}`)];
    });
    await readAll(await source.open({ start: 0 }, never));
    const stream = await source.open({ start: 0 }, never);
    expect((await readAll(stream)).toString()).toBe("answer 3");
    expect(connections()).toBe(2);
  });

  test("is not asked for again when the very first connection breaks", async () => {
    const { source, requests } = await scripted((_, socket) => {
      socket.destroy();
      return [];
    });
    await expect(source.open({ start: 0 }, never)).rejects.toThrow(
      new TransferInterrupted(
        'The download of "disk.iso" broke at byte 0: the server closed the connection without an answer',
      ),
    );
    expect(requests).toHaveLength(1);
  });

  test("ends where its length says, and what follows is never taken for the next answer", async () => {
    const { source, connections } = await scripted((request) => [
      whole(`answer ${request}`),
      whole("smuggled"),
    ]);
    for (const expected of ["answer 1", "answer 2"]) {
      const stream = await source.open({ start: 0 }, never);
      expect((await readAll(stream)).toString()).toBe(expected);
      await new Promise(setImmediate);
    }
    expect(connections()).toBe(2);
  });

  test("of which only a part is read gives its connection to nobody", async () => {
    const { source, connections } = await scripted((request) => [whole(`answer ${request}`)]);
    const first = await source.open({ start: 0 }, never);
    await first.fill(Buffer.alloc(3));
    first.close();
    expect((await readAll(await source.open({ start: 0 }, never))).toString()).toBe("answer 2");
    expect(connections()).toBe(2);
  });

  test("leaves its connection to the next range although nobody reads it, where it is empty", async () => {
    const { source, connections } = await scripted(() => [whole("")]);
    for (let request = 1; request <= 2; request += 1) {
      const stream = await source.open({ start: 0 }, never);
      if (request === 2) expect(await stream.fill(Buffer.alloc(3))).toBe(0);
    }
    expect(connections()).toBe(1);
  });

  test("closed once more leaves its connection to the next that has it", async () => {
    const sockets: Socket[] = [];
    const { source } = await scripted((request, socket) => {
      sockets.push(socket);
      return request === 1 ? [whole("answer 1")] : ["HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nonly"];
    });
    const first = await source.open({ start: 0 }, never);
    await readAll(first);
    const second = await source.open({ start: 0 }, never);
    first.close();
    sockets[1]?.write(" half");
    expect((await readAll(second)).toString()).toBe("only half");
    expect(sockets[1]).toBe(sockets[0]);
  });

  test("whose server will not answer again leaves its connection to nobody", async () => {
    const { source, connections } = await scripted((request) => [
      `HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 8\r\n\r\nanswer ${request}`,
    ]);
    for (const expected of ["answer 1", "answer 2"]) {
      expect((await readAll(await source.open({ start: 0 }, never))).toString()).toBe(expected);
    }
    expect(connections()).toBe(2);
  });

  test("that is given up ends its connection, and whoever waits for its bytes is told why", async () => {
    const ended = Promise.withResolvers<void>();
    const { source } = await scripted((_, socket) => {
      socket.once("close", () => ended.resolve());
      return ["HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nonly"];
    });
    const stopped = new AbortController();
    const stream = await source.open({ start: 0 }, stopped.signal);
    const filling = stream.fill(Buffer.alloc(9));
    stopped.abort(new Error("the export was stopped"));
    await expect(filling).rejects.toThrow("the export was stopped");
    await ended.promise;
  });

  test("that has been read has nothing to give up", async () => {
    const { source, connections } = await scripted((request) => [whole(`answer ${request}`)]);
    const stopped = new AbortController();
    await readAll(await source.open({ start: 0 }, stopped.signal));
    stopped.abort();
    await expect(source.open({ start: 0 }, stopped.signal)).rejects.toThrow("aborted");
    expect((await readAll(await source.open({ start: 0 }, never))).toString()).toBe("answer 2");
    expect(connections()).toBe(1);
  });

  test("that is refused leaves its connection to nobody, and ends it", async () => {
    const ended = Promise.withResolvers<void>();
    const { source, connections } = await scripted((_, socket) => {
      socket.once("close", () => ended.resolve());
      return [
        "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 5-9/10\r\nContent-Length: 5\r\n\r\n56789",
      ];
    });
    await expect(source.open({ start: 0 }, never)).rejects.toThrow(SourceRefused);
    await ended.promise;
    await expect(source.open({ start: 0 }, never)).rejects.toThrow(SourceRefused);
    expect(connections()).toBe(2);
  });

  test("ends with its source, and so does a connection that comes about behind that", async () => {
    const sockets: Promise<unknown>[] = [];
    const { source } = await scripted((_, socket) => {
      sockets.push(once(socket, "close"));
      return ["HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nonly"];
    });
    const stream = await source.open({ start: 0 }, never);
    const late = source.open({ start: 0 }, never);
    await source.close();
    await expect(stream.fill(Buffer.alloc(9))).rejects.toThrow(TransferInterrupted);
    await expect(late).rejects.toThrow(TransferInterrupted);
    await Promise.all(sockets);
  });

  test("is given up when no byte comes for the time allowed", async () => {
    const { source } = await scripted(() => ["HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nonly"], {
      idleTimeoutMilliseconds: 20,
    });
    const stream = await source.open({ start: 0 }, never);
    await expect(stream.fill(Buffer.alloc(9))).rejects.toThrow("not a byte for 0.02 seconds");
    expect(stream.offset).toBe(4);
  });
});

describe("an answer that is not plain", () => {
  test.each<[string, Parameters<typeof startSourceServer>[0]]>([
    ["in chunks", { chunked: true, ranges: false }],
    ["in chunks of a range", { chunked: true }],
  ])("%s is read from the one request that was made", async (_, behaviour) => {
    const server = await startSourceServer({ content, ...behaviour });
    onTestFinished(server.close);
    const stream = await openSource(server.target).open({ start: 0 }, never);
    expect(content.equals(await readAll(stream))).toBe(true);
    expect(server.requests).toHaveLength(1);
  });

  test("is read to the end of its connection where it has no length", async () => {
    const { source, requests } = await scripted((_, socket) => {
      setImmediate(() => socket.end());
      return ["HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nthe bytes"];
    });
    const stream = await source.open({ start: 0 }, never);
    expect((await readAll(stream)).toString()).toBe("the bytes");
    expect(requests).toHaveLength(1);
  });

  test("leaves the next requests to the client that read it, which uses a connection again", async () => {
    const chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nbytes\r\n0\r\n\r\n";
    const { source, requests, connections } = await scripted(() => [chunked]);
    for (let request = 1; request <= 3; request += 1) {
      expect((await readAll(await source.open({ start: 0 }, never))).toString()).toBe("bytes");
    }
    expect(requests).toHaveLength(3);
    expect(connections()).toBeLessThan(3);
  });

  test("ends with its source, on a connection of that client as well", async () => {
    const ended = Promise.withResolvers<void>();
    const { source } = await scripted((request, socket) => {
      if (request === 2) socket.once("close", () => ended.resolve());
      const rest = request === 1 ? "0\r\n\r\n" : "";
      return [`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nbytes\r\n${rest}`];
    });
    await readAll(await source.open({ start: 0 }, never));
    const filling = (await source.open({ start: 0 }, never)).fill(Buffer.alloc(9));
    await source.close();
    await expect(filling).rejects.toThrow(TransferInterrupted);
    await ended.promise;
  });

  test("may begin with interim answers", async () => {
    const { source, requests } = await scripted(() => [
      "HTTP/1.1 103 Early Hints\r\n\r\n",
      whole("the bytes"),
    ]);
    expect((await readAll(await source.open({ start: 0 }, never))).toString()).toBe("the bytes");
    expect(requests).toHaveLength(1);
  });

  test("and redirects on its connection is followed on it", async () => {
    const moved = "HTTP/1.1 302 Found\r\nLocation: /moved\r\nContent-Length: 0\r\n\r\n";
    const { source, requests } = await scripted((request) => [request === 1 ? moved : whole("the bytes")]);
    expect((await readAll(await source.open({ start: 0 }, never))).toString()).toBe("the bytes");
    expect(requests.map((request) => request.split("\r\n")[0])).toEqual([
      "GET /file HTTP/1.1",
      "GET /moved HTTP/1.1",
    ]);
  });

  test("that refuses is reported from the one request that was made", async () => {
    const { source, requests } = await scripted(() => [
      "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno",
    ]);
    await expect(source.open({ start: 0 }, never)).rejects.toThrow(SourceRefused);
    expect(requests).toHaveLength(1);
  });

  test("that is no HTTP at all is an interruption", async () => {
    const { source } = await scripted(() => ["SSH-2.0-OpenSSH\r\n"]);
    await expect(source.open({ start: 0 }, never)).rejects.toThrow(TransferInterrupted);
  });
});

describe("nothing of a target adds to the request", () => {
  test.each([
    ["a line break in its path", { uri: "/file\r\nX-Injected:%20yes", headers: {} }],
    [
      "a line break in a header",
      { uri: "/file", headers: { "vmware-api-session-id": "a\r\nX-Injected: yes" } },
    ],
  ])("%s", async (_, { uri, headers }) => {
    const server = await startSourceServer({ content });
    onTestFinished(server.close);
    const target = { ...server.target, headers, uri: new URL(server.target.uri).origin + uri };
    await openSource(target)
      .open({ start: 0 }, never)
      .catch(() => {});
    for (const { headers } of server.requests) expect(headers).not.toHaveProperty("x-injected");
  });
});
