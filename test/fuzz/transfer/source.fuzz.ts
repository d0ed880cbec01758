import type { AddressInfo } from "node:net";
import { createServer, type Socket } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SourceRefused, TransferInterrupted } from "../../../functions/errors.ts";
import { plainConnector } from "../../../functions/tls.ts";
import { parsePlainHead } from "../../../functions/transfer/http/responseHead.ts";
import { httpSource } from "../../../functions/transfer/source/httpSource.ts";
import type { ByteRange, Source } from "../../../functions/transfer/source/source.ts";
import { undiciSource } from "../../../functions/transfer/source/undiciSource.ts";
import { damagedBytes } from "../damage.ts";
import { outcomeOf } from "../outcome.ts";
import { share } from "../settings.ts";
import { anyText } from "../text.ts";

/** What the server sends to every request, in pieces, before it hangs up. */
let answer: Buffer[] = [];
const sockets = new Set<Socket>();
const server = createServer({ noDelay: true }, (socket) => {
  sockets.add(socket);
  socket.on("error", () => {});
  socket.on("close", () => sockets.delete(socket));
  socket.once("data", async () => {
    for (const piece of answer) {
      await new Promise((written) => socket.write(piece, written));
    }
    socket.end();
  });
});
let uri: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/file`; // a TCP server's address is one
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
});

type Opened = Source & { close(): Promise<void> };

/** Everything that the source makes of the answer. */
async function reception(open: (options: Parameters<typeof httpSource>[0]) => Opened, range: ByteRange) {
  const source = open({ target: { uri, headers: {}, connector: plainConnector }, fileName: "a.iso" });
  try {
    return await outcomeOf(async () => {
      const stream = await source.open(range, new AbortController().signal);
      try {
        const { start, total, etag, ranged } = stream;
        const pieces: Buffer[] = [];
        for (;;) {
          const buffer = Buffer.alloc(7);
          const filled = await stream.fill(buffer);
          pieces.push(buffer.subarray(0, filled));
          if (filled < buffer.length) break;
        }
        return { start, total, etag, ranged, body: Buffer.concat(pieces).toString("latin1") };
      } finally {
        stream.close();
      }
    });
  } finally {
    await source.close();
  }
}

const body = fc.string({ unit: fc.constantFrom(..."abc\r\n0"), maxLength: 30 });
const range = fc.constantFrom<ByteRange>({ start: 0 }, { start: 3 }, { start: 0, end: 5 });
const headers = fc.array(
  fc.oneof(
    fc.constantFrom(
      'ETag: "v1"',
      'etag: W/"v1"',
      "Connection: close",
      "Connection: keep-alive",
      "Server: x",
      "Set-Cookie: a=1",
    ),
    fc.constantFrom(
      "Transfer-Encoding: chunked",
      "Content-Encoding: gzip",
      "Content-Length: 3",
      "Content-Range: bytes 0-2/3",
    ),
    fc
      .tuple(anyText, anyText)
      .map(([name, value]) => `X-${name.replace(/[^\w-]/g, "")}: ${value.replace(/[\r\n]/g, "")}`),
  ),
  { maxLength: 4 },
);
const plainAnswer = fc
  .tuple(body, range, headers, fc.constantFrom(200, 206, 416, 404))
  .map(([bytes, { start, end }, lines, status]) => {
    const length = Buffer.byteLength(bytes, "latin1");
    const last = end === undefined ? start + length - 1 : end - 1;
    const partial = status === 206 ? [`Content-Range: bytes ${start}-${last}/${start + length}`] : [];
    const head = [`HTTP/1.1 ${status} OK`, `Content-Length: ${length}`, ...partial, ...lines];
    return Buffer.from(`${head.join("\r\n")}\r\n\r\n${bytes}`, "latin1");
  });
const anyAnswer = fc.oneof(plainAnswer, damagedBytes(plainAnswer), damagedBytes(plainAnswer));

test("whatever an endpoint answers is received or refused by name, and as a full HTTP client does it", async () => {
  const cuts = fc.array(fc.nat({ max: 400 }), { maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(anyAnswer, cuts, range, async (bytes, places, asked) => {
      answer = cut(bytes, places);
      const direct = await reception(httpSource, asked);
      const byUndici = await reception(undiciSource, asked);
      if (direct.error !== undefined || byUndici.error !== undefined) {
        for (const { error } of [direct, byUndici]) {
          const named = error instanceof SourceRefused || error instanceof TransferInterrupted;
          if (error !== undefined) expect(named).toBe(true);
        }
        // The stricter of two readers may refuse what the other takes; never may it be the more lenient one.
        if (byUndici.error !== undefined) expect(direct.error).toBeDefined();
        return;
      }
      expect(direct.value).toEqual(byUndici.value);
    }),
    share(3 / 2),
  );
});

test("a head is plain, and as long as it is, however it is cut", () => {
  fc.assert(
    fc.property(anyAnswer, (bytes) => {
      const whole = parsePlainHead(bytes);
      let early: ReturnType<typeof parsePlainHead>;
      let length = 0;
      for (; early === undefined && length <= bytes.length; length += 1) {
        early = parsePlainHead(bytes.subarray(0, length));
      }
      expect(early).toEqual(whole);
      if (whole === undefined || whole === "irregular") return;
      expect(whole.headBytes).toBe(length - 1);
      expect(bytes.toString("latin1", whole.headBytes - 4, whole.headBytes)).toBe("\r\n\r\n");
    }),
    share(3),
  );
});

function cut(bytes: Buffer, places: number[]): Buffer[] {
  const ends = [...places.filter((place) => place < bytes.length).sort((a, b) => a - b), bytes.length];
  return ends
    .map((end, index) => bytes.subarray(index === 0 ? 0 : ends[index - 1], end))
    .filter(({ length }) => length > 0);
}
