import { randomBytes } from "node:crypto";
import { afterEach, describe, expect, test } from "vitest";
import { SourceChanged, SourceRefused, TransferInterrupted } from "../../functions/errors.ts";
import { httpSource } from "../../functions/transfer/source/httpSource.ts";
import { resumingSource } from "../../functions/transfer/source/resumingSource.ts";
import type { ByteRange, Source } from "../../functions/transfer/source/source.ts";
import { undiciSource } from "../../functions/transfer/source/undiciSource.ts";
import { type FakeClock, fakeClock } from "../clocks.ts";
import { type SourceBehaviour, type SourceServer, startSourceServer } from "./sourceServer.ts";

const content = randomBytes(200_000);
let closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  await Promise.all(closing.map((close) => close()));
  closing = [];
});

interface Download {
  server: SourceServer;
  clock: FakeClock;
  source: Source;
  read(range?: ByteRange): Promise<Buffer>;
}

describe.each([
  ["read directly", httpSource],
  ["read by undici", undiciSource],
])("a source that resumes, %s,", (_, makeSource) => {
  async function download(behaviour: Partial<SourceBehaviour>): Promise<Download> {
    const server = await startSourceServer({ content, ...behaviour });
    const source = makeSource({ target: server.target, fileName: "disk.iso" });
    closing.push(source.close, server.close);
    const clock = fakeClock();
    const resuming = resumingSource(source, { clock, fileName: "disk.iso" });
    return {
      server,
      clock,
      source: resuming,
      async read(range = { start: 0 }) {
        const stream = await resuming.open(range, new AbortController().signal);
        const buffer = Buffer.alloc(content.length);
        return buffer.subarray(0, await stream.fill(buffer));
      },
    };
  }

  test("asks for the rest after each break, and gives the same bytes as an unbroken download", async () => {
    const { server, read } = await download({ breakAt: [50_000, 120_000] });
    expect(await read()).toEqual(content);
    expect(server.ranges).toEqual(["bytes=0-", "bytes=50000-", "bytes=120000-"]);
  });

  test("takes a body that ends cleanly before its announced end for a break", async () => {
    const { server, read } = await download({ chunked: true });
    server.behaviour.intercept = (request, response) => {
      if (request.headers.range !== "bytes=0-") return false;
      const total = content.length;
      response.writeHead(206, { "content-range": `bytes 0-${total - 1}/${total}`, etag: '"v1"' });
      response.write(content.subarray(0, 50_000));
      response.end();
      return true;
    };
    expect((await read()).equals(content)).toBe(true);
    expect(server.ranges).toEqual(["bytes=0-", "bytes=50000-"]);
  });

  test("asks again after an answer of 503 in the middle", async () => {
    const { server, read } = await download({ breakAt: [50_000] });
    let refusals = 0;
    server.behaviour.intercept = (request, response) => {
      if (request.headers.range === "bytes=0-" || refusals === 2) return false;
      refusals += 1;
      return Boolean(response.writeHead(503).end());
    };
    expect((await read()).equals(content)).toBe(true);
    expect(refusals).toBe(2);
  });

  test("has no bound on breaks as long as bytes arrive between them", async () => {
    const breakAt = Array.from({ length: 12 }, (_, index) => (index + 1) * 10_000);
    const { read } = await download({ breakAt });
    expect(await read()).toEqual(content);
  });

  test("gives up after five failures in a row, having waited longer each time", async () => {
    const { clock, read } = await download({ breakAt: Array.from({ length: 9 }, () => 50_000) });
    await expect(read()).rejects.toThrow(TransferInterrupted);
    expect(clock.waits).toEqual([500, 1000, 2000, 4000]);
  });

  test("asks for no more than the rest of a range, which ends before the file", async () => {
    const { server, read } = await download({ breakAt: [50_000] });
    expect((await read({ start: 10_000, end: 90_000 })).equals(content.subarray(10_000, 90_000))).toBe(true);
    expect(server.ranges).toEqual(["bytes=10000-89999", "bytes=50000-89999"]);
  });

  test("reads a range to the end of its body where the size of the file is not told", async () => {
    const { server, read } = await download({});
    server.behaviour.intercept = (_request, response) => {
      response.writeHead(206, { "content-range": "bytes 0-8/*", "content-length": 9 });
      return Boolean(response.end("the bytes"));
    };
    expect((await read()).toString()).toBe("the bytes");
    expect(server.requests).toHaveLength(1);
  });

  test("does not ask again after an answer that refuses", async () => {
    const { server, clock, read } = await download({ breakAt: [50_000] });
    server.behaviour.intercept = (request, response) =>
      request.headers.range !== "bytes=0-" && Boolean(response.writeHead(404).end());
    await expect(read()).rejects.toThrow(SourceRefused);
    expect(server.ranges).toEqual(["bytes=0-", "bytes=50000-"]);
    expect(clock.waits).toEqual([500]);
  });

  test("is as able to resume as what it reads, and ends with it", async () => {
    const { server, source } = await download({});
    const ended = Promise.withResolvers<void>();
    server.behaviour.intercept = (request, response) => {
      request.socket.once("close", () => ended.resolve());
      const total = content.length;
      response.writeHead(206, { "content-range": `bytes 0-${total - 1}/${total}`, "content-length": total });
      return response.write("begun");
    };
    const stream = await source.open({ start: 0 }, new AbortController().signal);
    expect(stream.ranged).toBe(true);
    await stream.fill(Buffer.alloc(5));
    stream.close();
    await ended.promise;
  });

  test("breaks where the server cannot resume", async () => {
    const { server, read } = await download({ ranges: false, breakAt: [50_000] });
    await expect(read()).rejects.toThrow(TransferInterrupted);
    expect(server.requests).toHaveLength(1);
  });

  test.each<[string, Partial<SourceBehaviour>]>([
    ["its ETag is another", { etag: '"v2"' }],
    ["its size was 200000", { content: randomBytes(200_001) }],
    ["no longer serves ranges", { ranges: false }],
  ])("never mixes two versions of a file: %s", async (words, change) => {
    const { server, read } = await download({ breakAt: [50_000] });
    server.behaviour.intercept = (request) => {
      if (request.headers.range !== "bytes=0-") Object.assign(server.behaviour, change);
      return false;
    };
    const reading = read();
    await expect(reading).rejects.toThrow(SourceChanged);
    await expect(reading).rejects.toThrow(words);
  });

  test("ends the answer of another version of a file", async () => {
    const { server, read } = await download({ breakAt: [50_000] });
    const ended = Promise.withResolvers<void>();
    server.behaviour.intercept = (request, response) => {
      if (request.headers.range === "bytes=0-") return false;
      request.socket.once("close", () => ended.resolve());
      const total = content.length;
      const range = {
        "content-range": `bytes 50000-${total - 1}/${total}`,
        "content-length": total - 50_000,
      };
      response.writeHead(206, { ...range, etag: '"v2"' });
      return response.write("begun");
    };
    await expect(read()).rejects.toThrow(SourceChanged);
    await ended.promise;
  });
});
