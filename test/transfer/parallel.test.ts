import { createHash, randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import { FileTooLarge, SourceChanged } from "../../functions/errors.ts";
import { transferFile } from "../../functions/transfer/transfer.ts";
import { KEY, prepareTransfer, type Transfer } from "./harness.ts";

const MiB = 1024 ** 2;
const content = randomBytes(42 * MiB + 7);
const sha1 = { algorithm: "SHA1", value: createHash("sha1").update(content).digest("hex") };

let open: Transfer[] = [];
afterEach(async () => {
  await Promise.all(open.map((transfer) => transfer.close()));
  open = [];
});

async function prepare(...settings: Parameters<typeof prepareTransfer>): Promise<Transfer> {
  const transfer = await prepareTransfer(...settings);
  open.push(transfer);
  return transfer;
}

const startOf = (range: string | undefined) => Number(/\d+/.exec(range ?? "")?.[0]);

/** The range that was asked for, as of a file whose size nobody knows yet (RFC 9110, 14.4). */
function sendWithoutSize({ headers }: IncomingMessage, response: ServerResponse): true {
  const [, first = 0, last] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? "") ?? [];
  const bytes = content.subarray(Number(first), last ? Number(last) + 1 : undefined);
  const range = `bytes ${first}-${Number(first) + bytes.length - 1}/*`;
  response.writeHead(206, { "content-range": range, "content-length": bytes.length }).end(bytes);
  return true;
}

test("a single reader needs no size", async () => {
  const transfer = await prepare({ content }, { itemChecksum: sha1 });
  transfer.source.behaviour.intercept = sendWithoutSize;
  await transfer.run();
  expect(await transfer.holds(content)).toBe(true);
  expect(transfer.source.ranges).toEqual(["bytes=0-"]);
});

describe("several readers", () => {
  test.each([
    2, 4, 16,
  ])("(%d) put the file together from ranges of a part each, all different", async (readers) => {
    const transfer = await prepare({ content }, { readers, itemChecksum: sha1 });
    expect((await transfer.run()).checksum).toMatchObject(sha1);
    expect(await transfer.holds(content)).toBe(true);
    expect(transfer.source.ranges.toSorted((a, b) => startOf(a) - startOf(b))).toEqual(
      Array.from({ length: 9 }, (_, index) => {
        const end = Math.min((index + 1) * 5 * MiB, content.length);
        return `bytes=${index * 5 * MiB}-${end - 1}`;
      }),
    );
  });

  test.each([
    ["with its length", false],
    ["without one", true],
  ])("are at work at the same time, on connections that they use again, each range sent %s", async (_what, chunked) => {
    const transfer = await prepare({ content, chunked }, { readers: 4, itemChecksum: sha1 });
    const sockets = new Set<IncomingMessage["socket"]>();
    const allFour = Promise.withResolvers<boolean>();
    let waiting = 0;
    transfer.source.behaviour.intercept = (request) => {
      sockets.add(request.socket);
      if (startOf(request.headers.range) === 0) return false;
      waiting += 1;
      if (waiting === 4) allFour.resolve(false);
      return allFour.promise;
    };
    await transfer.run();
    expect(await transfer.holds(content)).toBe(true);
    expect(sockets.size).toBeLessThan(9);
  });

  test("never hold more buffers than they and the uploads need", async () => {
    const memoryBytes = (4 + 4) * 5 * MiB;
    const transfer = await prepare({ content }, { readers: 4, itemChecksum: sha1, memoryBytes });
    await transfer.run();
    expect(await transfer.holds(content)).toBe(true);
  });

  test.each([
    0,
    1,
    5 * MiB,
    5 * MiB + 1,
    10 * MiB,
  ])("read a file of %d bytes as one reader does", async (size) => {
    const transfer = await prepare({ content: content.subarray(0, size) }, { readers: 4 });
    expect((await transfer.run()).size).toBe(size);
    expect(await transfer.holds(content.subarray(0, size))).toBe(true);
  });

  test("go on where a connection broke", async () => {
    const transfer = await prepare(
      { content, breakAt: [2 * MiB, 7 * MiB] },
      { readers: 3, itemChecksum: sha1 },
    );
    await transfer.run();
    expect(await transfer.holds(content)).toBe(true);
    expect(transfer.source.ranges).toHaveLength(11);
  });

  test.each([
    ["with a length", false],
    ["without one", true],
  ])("become one where the server serves no ranges but the file %s, without asking twice", async (_what, chunked) => {
    const transfer = await prepare({ content, ranges: false, chunked }, { readers: 4, itemChecksum: sha1 });
    await transfer.run();
    expect(await transfer.holds(content)).toBe(true);
    expect(transfer.source.requests).toHaveLength(1);
  });

  test("become one where the server serves ranges and does not tell the size, and end the first", async () => {
    const transfer = await prepare({ content }, { readers: 4, itemChecksum: sha1 });
    let firstEnded: Promise<unknown> | undefined;
    transfer.source.behaviour.intercept = async (request, response) => {
      await firstEnded;
      firstEnded = new Promise((resolve) => request.socket.once("close", resolve));
      return sendWithoutSize(request, response);
    };
    await transfer.run();
    expect(await transfer.holds(content)).toBe(true);
    expect(transfer.source.ranges).toEqual([`bytes=0-${5 * MiB - 1}`, "bytes=0-"]);
  });

  test.each([
    ["ignores a range later", 200],
    ["answers 416 to a range", 416],
    ["refuses a second connection", 503],
  ])("become one pass over the whole file when the server %s", async (_what, status) => {
    const transfer = await prepare({ content }, { readers: 4, itemChecksum: sha1 });
    transfer.source.behaviour.intercept = (request, response) => {
      if (startOf(request.headers.range) === 0) return false;
      response.writeHead(status, { "content-length": status === 200 ? content.length : 0 });
      response.end(status === 200 ? content : undefined);
      return true;
    };
    await transfer.run();
    expect(await transfer.holds(content)).toBe(true);
    expect(transfer.source.ranges.at(-1)).toBe("bytes=0-");
    expect(await transfer.remains()).toEqual({ objects: [KEY], uploads: 0 });
  });

  test("never mix two versions of a file", async () => {
    const transfer = await prepare({ content }, { readers: 4, itemChecksum: sha1 });
    transfer.source.behaviour.intercept = (request) => {
      transfer.source.behaviour.etag = startOf(request.headers.range) > 20 * MiB ? '"v2"' : '"v1"';
      return false;
    };
    await expect(transfer.run()).rejects.toThrow(SourceChanged);
    expect(await transfer.remains()).toEqual({ objects: [], uploads: 0 });
  });

  test("go on in the next invocation, as many as before", async () => {
    const transfer = await prepare({ content }, { readers: 3, itemChecksum: sha1 });
    let left = 4;
    const { request } = transfer;
    request.hooks.progress = () => {
      left -= 1;
    };
    request.remainingMilliseconds = () => (left > 0 ? 17_000 : 1000);
    const first = await transferFile(request);
    expect(first).toMatchObject({ done: false, cursor: { offset: 20 * MiB, readers: 3 } });
    left = 99;
    const cursor = first.done ? null : JSON.parse(JSON.stringify(first.cursor));
    expect(await transferFile({ ...request, cursor, readers: 1 })).toMatchObject({
      done: true,
      checksum: sha1,
    });
    expect(await transfer.holds(content)).toBe(true);
    const uploaded = transfer.operations.filter((name) => name === "UploadPart");
    expect(uploaded).toHaveLength(9);
    expect(Math.max(...transfer.source.ranges.map(startOf))).toBe(40 * MiB);
    // One reader would ask for all of the rest at once.
    expect(transfer.source.ranges).not.toContain(`bytes=${20 * MiB}-`);
  });

  test("say so when the next invocation has too little memory for them", async () => {
    const { request } = await prepare({ content }, { readers: 3, itemChecksum: sha1 });
    let left = 17_000;
    request.hooks.progress = () => {
      left = 1000;
    };
    request.remainingMilliseconds = () => left;
    const first = await transferFile(request);
    left = 17_000;
    const cursor = first.done ? null : first.cursor;
    await expect(transferFile({ ...request, cursor, memoryBytes: 5 * MiB })).rejects.toThrow(FileTooLarge);
  });

  test("end with the first failure, although an earlier range is still waited for", async () => {
    const transfer = await prepare({ content }, { readers: 4, itemChecksum: sha1 });
    const silence = Promise.withResolvers<boolean>();
    transfer.source.behaviour.intercept = (request) => {
      const start = startOf(request.headers.range);
      if (start === 5 * MiB) return silence.promise;
      if (start > 0) transfer.source.behaviour.etag = '"v2"';
      return false;
    };
    await expect(transfer.run()).rejects.toThrow(SourceChanged);
    silence.resolve(true);
  });
});
